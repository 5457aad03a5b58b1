/** A proposal as it was judged on some inputs. */
export interface JudgedProposal {
  configurationHash: string;
  meanGain: number;
  /** Hash of the outputs on all of them. */
  outputsHash: string;
  /** Settings that it changes. */
  changes: number;
}

/**
 * Proposals by expected gain, then fewest changes, then hash. Of those with the same outputs only the first is `distinct`:
 * the others could only repeat its scores. Workflow code calls it: another order would break the replay of open runs.
 *
 * @returns `sameOutputsAs`: hash of each that is not distinct -> hash of the one that stands for it.
 */
export function rankDistinct<T extends JudgedProposal>(
  proposals: readonly T[],
): { distinct: T[]; sameOutputsAs: ReadonlyMap<string, string> } {
  const ranked = [...proposals].sort(
    (a, b) => b.meanGain - a.meanGain || a.changes - b.changes || (a.configurationHash < b.configurationHash ? -1 : 1),
  );
  const leaders = new Map<string, T>();
  const sameOutputsAs = new Map<string, string>();
  for (const proposal of ranked) {
    const leader = leaders.get(proposal.outputsHash);
    if (leader === undefined) leaders.set(proposal.outputsHash, proposal);
    else sameOutputsAs.set(proposal.configurationHash, leader.configurationHash);
  }
  return { distinct: [...leaders.values()], sameOutputsAs };
}
