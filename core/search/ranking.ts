import { configurationHash, type ComponentConfiguration } from '../system/configuration';
import { proposalHash, type Proposal } from './proposal';

/** What was measured of a proposal's outputs against the incumbent's on the same inputs. */
export interface ProposalValue {
  /** Mean gain over the incumbent, by reward or by score. */
  meanGain: number;
  standardError: number;
  /** How many inputs it rests on. */
  inputs: number;
}

export interface RankedCandidate {
  hash: string;
  settings: ComponentConfiguration;
  /** Null: the incumbent. */
  proposal: Proposal | null;
  /** Null: not measured. The incumbent's gain over itself is 0. */
  value: ProposalValue | null;
}

/**
 * The incumbent and all real proposals from best to worst mean gain. No-ops and repeats are dropped. Equal gains go to
 * the incumbent first, then to the smaller standard error, then by hash; unmeasured proposals come last.
 *
 * @param options.values by proposal hash.
 * @throws RangeError for a mean gain that is not a number.
 */
export function rankProposals(options: {
  incumbent: ComponentConfiguration;
  proposals: readonly Proposal[];
  values: Readonly<Record<string, ProposalValue>>;
}): RankedCandidate[] {
  const { proposals, values } = options;
  const incumbent: RankedCandidate = {
    hash: configurationHash(options.incumbent),
    settings: options.incumbent,
    proposal: null,
    value: { meanGain: 0, standardError: 0, inputs: 0 },
  };
  const candidates = new Map([[incumbent.hash, incumbent]]);
  for (const proposal of proposals) {
    const hash = proposalHash(proposal);
    if (candidates.has(hash)) continue;
    const value = values[hash] ?? null;
    if (value !== null && Number.isNaN(value.meanGain)) {
      throw new RangeError(`rankProposals: proposal ${hash} has the mean gain NaN; expected a number`);
    }
    candidates.set(hash, { hash, settings: proposal.settings, proposal, value });
  }
  return [...candidates.values()].sort(byRank);
}

function byRank(a: RankedCandidate, b: RankedCandidate): number {
  const [first, second] = [a.value, b.value];
  if (first === null || second === null) {
    if (first !== second) return first === null ? 1 : -1;
    return a.hash < b.hash ? -1 : 1;
  }
  return (
    second.meanGain - first.meanGain ||
    Number(a.proposal !== null) - Number(b.proposal !== null) ||
    first.standardError - second.standardError ||
    (a.hash < b.hash ? -1 : 1)
  );
}
