import { charactersPerToken } from '../system/token-estimate';

/** Tokens of a reply: what any may have, and what one with several versions may. */
const [usual, most] = [2_000, 8_000];
/** Beside the versions: tags, and what models say although they should not. */
const besides = 500;
/** Least tokens for a version: short instructions may well grow. */
const shortest = 150;

/**
 * How many versions of some instructions a proposer model is asked for at once, and how many tokens its reply may have: room for
 * versions half as long again as the longest of what is rewritten, or as long as they may be. Of long instructions fewer versions
 * are asked for, at least one.
 */
export function replyRoom(options: { rewritten: readonly string[]; maxCharacters: number; wanted: number }): {
  count: number;
  maxTokens: number;
} {
  const { rewritten, maxCharacters, wanted } = options;
  const longest = Math.max(...rewritten.map(({ length }) => length));
  const each = Math.max(shortest, Math.ceil(Math.min(1.5 * longest, maxCharacters) / charactersPerToken));
  const count = Math.max(1, Math.min(wanted, Math.floor((most - besides) / each)));
  return { count, maxTokens: Math.max(usual, besides + count * each) };
}
