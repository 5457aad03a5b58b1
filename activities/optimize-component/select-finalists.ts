import type { Proposal } from '../../core/search/proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import { configurationHash, withComponent } from '../../core/system/configuration';
import type { Finalists, SelectFinalistsInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { openRun } from '../open-run';
import { loadProposals } from './stored-proposals';

/**
 * The best few proposals by expected gain go on to validation; none that is expected to lose. Of proposals with the same
 * outputs only the one that changes least does: the others could only repeat its scores. Ties go by hash.
 */
export function selectFinalists(dependencies: ActivityDependencies, input: SelectFinalistsInput): Promise<Finalists> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const incumbent = await stores.configurations.get(input.configurationHash);
    const scores = new Map(
      input.rounds.flatMap((round) => round.scores.map((score) => [score.configurationHash, score])),
    );
    const proposals = new Map<string, Proposal>();
    for (const round of input.rounds) {
      for (const proposal of await loadProposals(stores, round.reference)) {
        proposals.set(configurationHash(withComponent(incumbent, input.component, proposal.settings)), proposal);
      }
    }
    proposals.delete(input.configurationHash);
    const judged = [...scores.values()].flatMap((score) => {
      const proposal = proposals.get(score.configurationHash);
      return proposal === undefined ? [] : { ...score, changes: proposal.changed.length };
    });
    const { distinct, sameOutputsAs } = rankDistinct(judged);
    const promising = distinct.filter((score) => score.meanGain > 0).slice(0, run.plan.finalists);
    const chosen = new Set(promising.map((score) => score.configurationHash));
    const record = [];
    for (const [hash, proposal] of proposals) {
      if (chosen.has(hash))
        await stores.configurations.put(withComponent(incumbent, input.component, proposal.settings));
      const score = scores.get(hash);
      record.push({
        configurationHash: hash,
        origin: proposal.origin,
        changed: proposal.changed,
        note: proposal.note ?? null,
        expectedGain: score?.meanGain ?? null,
        standardError: score?.standardError ?? null,
        finalist: chosen.has(hash),
        sameOutputsAs: sameOutputsAs.get(hash) ?? null,
      });
    }
    const reason =
      promising.length > 0
        ? `${promising.length} of ${judged.length} proposals go to validation`
        : judged.length === 0
          ? 'there was nothing new to propose'
          : `none of ${judged.length} proposals is expected to gain (best ${distinct[0]?.meanGain.toFixed(4)})`;
    await stores.ledger.append(input.runId, [
      {
        key: `iteration/${input.iteration}/proposals`,
        iteration: input.iteration,
        kind: 'proposals',
        body: { component: input.component, incumbent: input.configurationHash, proposals: record, reason },
      },
    ]);
    return { hashes: promising.map((score) => score.configurationHash), reason };
  });
}
