import { contentHash } from '../system/canonical-json';
import { faultOf } from '../system/configuration';
import type { Json } from '../system/json';
import { isPromptValue, type PromptValue } from '../system/variable';
import type { RejectedProposal } from './component-optimizer';
import { heldOutCopies, textsIn, type HeldOutExample } from './held-out-copies';
import { preview } from './preview';
import type { Incumbent, Proposal } from './proposal';
import { wordDistance } from './word-distance';

export interface CheckOptions {
  incumbent: Incumbent;
  /** Largest share of a prompt's words that may change, in [0, 1]. */
  promptTrustRegion: number;
  /** Examples that measure gains: no prompt may hold them. */
  heldOut: () => Iterable<HeldOutExample>;
  /** Texts that prompts may hold whatever held-out examples say: the component's description, training data. */
  allowed: () => Iterable<string>;
  /** Called where there are demonstrations. Content hashes of component inputs on which proposals are judged: no demonstration may show them. */
  hiddenInputs: () => ReadonlySet<string>;
}

/**
 * Parts proposals, from whatever optimizer, into those that may be tried and the others, with a reason each: settings outside
 * their space (a lost placeholder, too long a text), beyond the trust region, with demonstrations of inputs that they
 * would be judged on, or with copies of held-out examples.
 */
export function checkProposals(
  proposals: readonly Proposal[],
  options: CheckOptions,
): { kept: Proposal[]; rejected: (RejectedProposal & { proposal: Proposal })[] } {
  const kept: Proposal[] = [];
  const rejected: (RejectedProposal & { proposal: Proposal })[] = [];
  let hidden: ReadonlySet<string> | undefined;
  const hiddenInputs = (): ReadonlySet<string> => (hidden ??= options.hiddenInputs());
  const sound = proposals.filter((proposal) => {
    const reason = faultIn(proposal, options, hiddenInputs);
    if (reason !== undefined) rejected.push({ proposal, text: shown(proposal, options.incumbent), reason });
    return reason === undefined;
  });
  const texts = new Map(sound.map((proposal) => [proposal, newTexts(proposal, options.incumbent)]));
  const allowed = (): string[] => [...textsIn(options.incumbent.settings as Json), ...options.allowed()];
  const all = [...new Set([...texts.values()].flat())];
  const copies = all.length === 0 ? new Map<string, never>() : heldOutCopies(all, options.heldOut(), allowed);
  for (const proposal of sound) {
    const copied = texts.get(proposal)?.find((text) => copies.has(text));
    if (copied === undefined) {
      kept.push(proposal);
      continue;
    }
    const { exampleId, words } = copies.get(copied) as { exampleId: string; words: string };
    rejected.push({ proposal, text: preview(copied), reason: `copies held-out example '${exampleId}': "${words}"` });
  }
  return { kept, rejected };
}

function faultIn(
  { settings }: Proposal,
  options: CheckOptions,
  hiddenInputs: CheckOptions['hiddenInputs'],
): string | undefined {
  const { variables, settings: current } = options.incumbent;
  const stray = Object.keys(settings).find((name) => !Object.hasOwn(variables, name));
  if (stray !== undefined) return `sets '${stray}', which the component does not have`;
  for (const [name, variable] of Object.entries(variables)) {
    const value = settings[name];
    const fault = faultOf(variable, value);
    if (fault !== undefined) return `variable '${name}' ${fault}`;
    if (!isPromptValue(value)) continue;
    if (value.demonstrations.some(({ inputs }) => hiddenInputs().has(contentHash(inputs)))) {
      return 'has a demonstration for inputs on which proposals are judged';
    }
    const distance =
      options.promptTrustRegion < 1
        ? wordDistance(
            (current[name] as unknown as PromptValue).instructions,
            value.instructions,
            options.promptTrustRegion,
          )
        : 0;
    if (distance > options.promptTrustRegion) {
      return `changes at least ${(100 * distance).toFixed(0)} % of the words, more than promptTrustRegion (${options.promptTrustRegion}) allows`;
    }
  }
  return undefined;
}

/** Texts of prompts that the incumbent does not have. */
function newTexts({ settings }: Proposal, incumbent: Incumbent): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (!isPromptValue(value)) return [];
    const known = new Set(textsIn(incumbent.settings[name]));
    return textsIn(value).filter((text) => !known.has(text));
  });
}

/** What identifies a rejected proposal to a person. */
function shown(proposal: Proposal, incumbent: Incumbent): string {
  return preview(newTexts(proposal, incumbent)[0] ?? proposal.note ?? JSON.stringify(proposal.settings));
}
