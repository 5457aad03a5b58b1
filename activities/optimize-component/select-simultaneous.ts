import { placeProposal } from '../../core/search/place-proposal';
import { rankDistinct } from '../../core/search/rank-distinct';
import {
  simultaneousProposal,
  type LocalPart,
  type SimultaneousProposal,
} from '../../core/search/simultaneous-proposal';
import { configurationHash } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import type { LedgerEntry } from '../../storage';
import type { Finalists, Judge, JudgedRound, ProposalScore, SelectSimultaneousInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { judgedGains } from './judged-gains';
import { judgedProposals, type MeasuredProposal } from './judged-proposals';
import { proposalRecord, type ProposalsRecord } from './proposals-record';

/**
 * The one finalist of a simultaneous step: every component's best proposal together (`simultaneousProposal`). Recorded are what was
 * proposed for each component, and what goes to validation where it changes several.
 */
export function selectSimultaneous(
  { stores }: ActivityDependencies,
  { runId, iteration, configurationHash: hash, parts }: SelectSimultaneousInput,
): Promise<Finalists> {
  return inActivity(async () => {
    const incumbent = await stores.configurations.get(hash);
    const judged: (LocalPart<ProposalScore> & { rounds: JudgedRound[]; proposals: Map<string, MeasuredProposal> })[] =
      [];
    for (const { component, rounds } of parts) {
      const proposals = await judgedProposals(stores, { incumbent, component }, rounds);
      judged.push({ component, rounds, proposals, judged: [...proposals.values()] });
    }
    const step = simultaneousProposal(judged);
    const configuration = step && placeProposal(incumbent, step.component, step.proposal);
    const finalist = configuration && configurationHash(configuration);
    if (configuration !== undefined) await stores.configurations.put(configuration);

    const gains = await judgedGains(stores, runId, iteration);
    const records = judged.map(({ component, rounds, proposals }): ProposalsRecord => {
      const { sameOutputsAs } = rankDistinct(rounds.flatMap(({ scores }) => scores));
      const byMetric = new Set(
        gains.filter((item) => item.component === component).flatMap((item) => Object.keys(item.gains)),
      );
      return {
        component,
        incumbent: hash,
        blobs: rounds.map(({ reference }) => reference.sha256),
        proposals: [...proposals].map(([own, proposal]) =>
          proposalRecord(own, proposal, {
            measured: byMetric.has(own) ? proposal.score : undefined,
            // Where it is all that the step changes.
            finalist: own === finalist,
            sameOutputsAs: sameOutputsAs.get(own) ?? null,
          }),
        ),
        reason: `${proposals.size} proposals for ${component}`,
      };
    });
    const reason = reasonOf(step);
    const [first, ...others] = parts.map(({ component }) => component) as [string, ...string[]];
    const whole =
      step === undefined || finalist === undefined || step.parts.length === 1
        ? []
        : [
            proposalRecord(
              finalist,
              { proposal: step.proposal, score: { ...step.expected, judge: judgeOf(step) } },
              { finalist: true, sameOutputsAs: null },
            ),
          ];
    const entry = (key: string, body: ProposalsRecord): LedgerEntry => ({
      key: `iteration/${iteration}/${key}`,
      iteration,
      kind: 'proposals',
      body: body as unknown as JsonObject,
    });
    await stores.ledger.append(runId, [
      ...records.map((record) => entry(`proposals/${record.component}`, record)),
      entry('proposals', { component: first, others, incumbent: hash, blobs: [], proposals: whole, reason }),
    ]);
    return { hashes: finalist === undefined ? [] : [finalist], reason };
  });
}

function judgeOf({ parts }: SimultaneousProposal<ProposalScore>): Judge {
  return parts.every(({ score }) => score.judge === 'reward') ? 'reward' : 'metric';
}

function reasonOf(step: SimultaneousProposal<ProposalScore> | undefined): string {
  if (step === undefined) return 'no component has a proposal that is expected to gain';
  const changed = step.parts.map(({ component }) => component).join(', ');
  return step.parts.length === 1
    ? `the best proposal for ${changed} goes to validation: no other component has one`
    : `the best proposals for ${changed} go to validation together`;
}
