import { placeProposal } from '../../core/search/place-proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import { simultaneousProposal, type LocalPart } from '../../core/search/simultaneous-proposal';
import { configurationHash } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import type { LedgerEntry } from '../../storage';
import type { Finalists, SelectSimultaneousInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { judgedProposals } from './judged-proposals';
import { proposalRecord, type ProposalsRecord } from './proposals-record';

/**
 * The one finalist of a simultaneous step: every component's best proposal together (`simultaneousProposal`). Recorded are what was
 * proposed for each component and what goes to validation.
 */
export function selectSimultaneous(
  { stores }: ActivityDependencies,
  { runId, iteration, configurationHash: hash, parts }: SelectSimultaneousInput,
): Promise<Finalists> {
  return inActivity(async () => {
    const incumbent = await stores.configurations.get(hash);
    const entry = (key: string, body: ProposalsRecord): LedgerEntry => ({
      key: `iteration/${iteration}/${key}`,
      iteration,
      kind: 'proposals',
      body: body as unknown as JsonObject,
    });
    const entries: LedgerEntry[] = [];
    const judged: LocalPart[] = [];
    for (const { component, rounds } of parts) {
      const proposals = await judgedProposals(stores, { incumbent, component }, rounds);
      const { sameOutputsAs } = rankDistinct(rounds.flatMap(({ scores }) => scores));
      judged.push({ component, judged: [...proposals.values()] });
      entries.push(
        entry(`proposals/${component}`, {
          component,
          incumbent: hash,
          blobs: rounds.map(({ reference }) => reference.sha256),
          proposals: [...proposals].map(([own, proposal]) =>
            proposalRecord(own, proposal, { finalist: false, sameOutputsAs: sameOutputsAs.get(own) ?? null }),
          ),
          reason: `${proposals.size} proposals for ${component}`,
        }),
      );
    }
    const step = simultaneousProposal(judged);
    const [first, ...others] = parts.map(({ component }) => component) as [string, ...string[]];
    const whole = { component: first, others, incumbent: hash, blobs: [] };
    if (step === undefined) {
      const reason = 'no component has a proposal that is expected to gain';
      await stores.ledger.append(runId, [...entries, entry('proposals', { ...whole, proposals: [], reason })]);
      return { hashes: [], reason };
    }
    const configuration = placeProposal(incumbent, step.component, step.proposal);
    const finalist = configurationHash(configuration);
    const reason =
      step.changed.length === 1
        ? `the best proposal for ${step.changed.join()} goes to validation: no other component has one`
        : `the best proposals for ${step.changed.join(', ')} go to validation together`;
    await stores.configurations.put(configuration);
    const record = proposalRecord(
      finalist,
      { proposal: step.proposal, score: step.expected },
      { finalist: true, sameOutputsAs: null },
    );
    await stores.ledger.append(runId, [...entries, entry('proposals', { ...whole, proposals: [record], reason })]);
    return { hashes: [finalist], reason };
  });
}
