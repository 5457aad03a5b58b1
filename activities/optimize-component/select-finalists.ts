import { configurationHash, withComponent } from '../../core/system/configuration';
import type { Finalists, ProposalScore, SelectFinalistsInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { openRun } from '../open-run';
import { loadProposals } from './stored-proposals';

/** The best few proposals by expected gain go on to validation; none that is expected to lose. Ties go by hash. */
export function selectFinalists(dependencies: ActivityDependencies, input: SelectFinalistsInput): Promise<Finalists> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const incumbent = await stores.configurations.get(input.configurationHash);
    const scores = new Map<string, ProposalScore>();
    for (const score of input.rounds.flatMap((round) => round.scores)) scores.set(score.configurationHash, score);
    const ranked = [...scores.values()]
      .filter((score) => score.configurationHash !== input.configurationHash)
      .sort((a, b) => b.meanGain - a.meanGain || (a.configurationHash < b.configurationHash ? -1 : 1));
    const promising = ranked.filter((score) => score.meanGain > 0).slice(0, run.plan.finalists);
    const chosen = new Set(promising.map((score) => score.configurationHash));
    const record = [];
    for (const round of input.rounds) {
      for (const proposal of await loadProposals(stores, round.reference)) {
        const configuration = withComponent(incumbent, input.component, proposal.settings);
        const hash = configurationHash(configuration);
        if (chosen.has(hash)) await stores.configurations.put(configuration);
        const score = scores.get(hash);
        record.push({
          configurationHash: hash,
          origin: proposal.origin,
          changed: proposal.changed,
          note: proposal.note ?? null,
          expectedGain: score?.meanGain ?? null,
          standardError: score?.standardError ?? null,
          finalist: chosen.has(hash),
        });
      }
    }
    const reason =
      promising.length > 0
        ? `${promising.length} of ${ranked.length} proposals go to validation`
        : ranked.length === 0
          ? 'there was nothing new to propose'
          : `none of ${ranked.length} proposals is expected to gain (best ${ranked[0]?.meanGain.toFixed(4)})`;
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
