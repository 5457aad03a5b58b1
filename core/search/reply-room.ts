import { estimateTokens } from '../system/token-estimate';

/** Tokens of a reply: what any may have, and what one with several versions may. */
const [usual, most] = [2_000, 8_000];
/** Beside the versions: tags, and what models say although they should not. */
const besides = 500;
/** Least tokens for a version: short instructions may well grow. */
const shortest = 150;

/**
 * How many versions of some instructions a proposer model is asked for at once, and how many tokens its reply may have: room for
 * versions half as long again as what is rewritten. Long instructions are asked for fewer times, at least once.
 */
export function replyRoom(instructions: string, wanted: number): { count: number; maxTokens: number } {
  const each = Math.max(shortest, Math.ceil(1.5 * estimateTokens(instructions)));
  const count = Math.max(1, Math.min(wanted, Math.floor((most - besides) / each)));
  return { count, maxTokens: Math.max(usual, besides + count * each) };
}
