import type { Json } from '../system/json';
import { faultOf } from '../system/configuration';
import type { PromptVariable } from '../system/variable';
import type { RejectedProposal } from './component-optimizer';
import { preview } from './preview';
import { extractProposalTexts } from './proposal-texts';
import { promptOf, propose, type Incumbent, type Proposal, type ProposalOrigin } from './proposal';

/**
 * Reads a proposer's reply. Whatever it is (tags, JSON, code fences, a list, an essay, nothing), the result is the
 * proposals that can be tried, each whole, and a reason for everything else; a bad reply never throws.
 *
 * @throws RangeError where the component has no such prompt.
 */
export function parseWrittenInstructions(
  reply: string,
  options: {
    incumbent: Incumbent;
    /** Which prompt variable. */
    variable: string;
    origin: ProposalOrigin;
    note?: string;
    /** Instructions that were tried before. */
    known?: readonly string[];
    /** Most proposals kept; default 20. */
    limit?: number;
  },
): { proposals: Proposal[]; rejected: RejectedProposal[] } {
  const { incumbent, variable, origin, note, known = [], limit = 20 } = options;
  const current = promptOf(incumbent, variable);
  const definition = incumbent.variables[variable] as PromptVariable;
  const tried = new Set(known.map(normalized));
  const incumbentText = normalized(current.instructions);
  const seen = new Set<string>();
  const proposals: Proposal[] = [];

  const { texts, rejected: unread } = extractProposalTexts(reply);
  const rejected = unread.map(({ text, reason }) => ({ text: preview(text), reason }));
  for (const text of texts) {
    const value = { ...current, instructions: text } as unknown as Json;
    const reason = reasonAgainst(text, faultOf(definition, value));
    if (reason !== undefined) {
      rejected.push({ text: preview(text), reason });
      continue;
    }
    seen.add(normalized(text));
    const proposal = propose(incumbent, { [variable]: value }, { origin, note });
    if (proposal !== undefined) proposals.push(proposal);
  }
  return { proposals, rejected: shortened(rejected) };

  function reasonAgainst(text: string, fault: string | undefined): string | undefined {
    const key = normalized(text);
    if (fault !== undefined) return fault;
    if (!/\p{L}/u.test(text)) return 'has no words';
    if (key === incumbentText) return 'is the current instructions';
    if (seen.has(key)) return 'repeats another proposal of this reply';
    if (tried.has(key)) return 'was tried before';
    if (proposals.length >= limit) return `comes after the first ${limit} proposals`;
    return undefined;
  }
}

/** A reply of a thousand bad pieces needs no thousand reasons. */
function shortened(rejected: RejectedProposal[]): RejectedProposal[] {
  const most = 50;
  if (rejected.length <= most) return rejected;
  return [...rejected.slice(0, most), { text: '', reason: `and ${rejected.length - most} more were rejected` }];
}

/** Texts that differ in white space alone are one proposal. */
function normalized(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
