import { placeProposal } from '../../core/search/place-proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import type { JsonObject } from '../../core/system/json';
import type { Finalists, SelectFinalistsInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { openRun } from '../open-run';
import { judgedProposals } from './judged-proposals';
import { proposalRecord, type ProposalRecord, type ProposalsRecord } from './proposals-record';

/**
 * The best few of the shortlist by measured gain go on to validation; none without one. Equal gains go to the fewest changes,
 * then by hash.
 */
export function selectFinalists(dependencies: ActivityDependencies, input: SelectFinalistsInput): Promise<Finalists> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const incumbent = await stores.configurations.get(input.configurationHash);
    const proposals = await judgedProposals(stores, { incumbent, component: input.component }, input.rounds);
    const shortlist = new Map(input.shortlist.map((score) => [score.configurationHash, score]));
    const { distinct } = rankDistinct(input.shortlist);
    const { sameOutputsAs } = rankDistinct(input.rounds.flatMap(({ scores }) => scores));
    const promising = distinct.filter((score) => score.meanGain > 0).slice(0, run.plan.finalists);
    const chosen = new Set(promising.map((score) => score.configurationHash));
    const records: ProposalRecord[] = [];
    for (const [hash, { proposal, score }] of proposals) {
      if (chosen.has(hash)) await stores.configurations.put(placeProposal(incumbent, input.component, proposal));
      records.push(
        proposalRecord(
          hash,
          { proposal, score },
          {
            measured: shortlist.get(hash),
            finalist: chosen.has(hash),
            sameOutputsAs: sameOutputsAs.get(hash) ?? null,
          },
        ),
      );
    }
    const reason =
      promising.length > 0
        ? `${promising.length} of ${proposals.size} proposals go to validation`
        : proposals.size === 0
          ? 'there was nothing new to propose'
          : `none of the ${shortlist.size} best of ${proposals.size} proposals gained on more inputs (best ${distinct[0]?.meanGain.toFixed(4)})`;
    const body: ProposalsRecord = {
      component: input.component,
      ...(input.partner !== undefined && { partner: input.partner }),
      incumbent: input.configurationHash,
      blobs: input.rounds.map(({ reference }) => reference.sha256),
      proposals: records,
      reason,
    };
    await stores.ledger.append(input.runId, [
      {
        key: `iteration/${input.iteration}/proposals`,
        iteration: input.iteration,
        kind: 'proposals',
        body: body as unknown as JsonObject,
      },
    ]);
    return { hashes: promising.map((score) => score.configurationHash), reason };
  });
}
