import { isStepOf } from '../../core/run/move-text';
import type { PastProposal } from '../../core/search/past-proposal';
import type { Proposal } from '../../core/search/proposal';
import { configurationHash, type Configuration } from '../../core/system/configuration';
import { changesComponent } from '../../core/validation/component-tries';
import type { Stores } from '../../storage';
import type { DecisionRecord } from '../decide';
import { decisionsBefore } from '../decisions-before';
import { judgedGains } from './judged-gains';
import { proposalsRecords, type ProposalsRecord } from './proposals-record';
import { loadProposals } from './stored-proposals';

/** Bounds how many blobs and gains a late iteration of a long run loads. What is forgotten may be proposed again. */
const rememberedIterations = 40;

/**
 * Proposals of the component's newest `rememberedIterations` earlier iterations with what was measured of them, oldest first. Of those
 * that changed other components too, whose merit it may be, only the accepted ones, without gains: they are where the component's
 * incumbent came from.
 */
export async function pastProposals(
  stores: Stores,
  { runId, component, iteration: before }: { runId: string; component: string; iteration: number },
): Promise<PastProposal[]> {
  const decisions = new Map((await decisionsBefore(stores, runId, before)).map((item) => [item.iteration, item]));
  const concerned = new Map<number, Remembered>();
  for (const record of await proposalsRecords(stores, runId, { before })) {
    const decision = decisions.get(record.iteration);
    const accepted = decision !== undefined && changesComponent(decision, component) ? decision : undefined;
    const alone = isStepOf(component, record);
    if (!alone && accepted === undefined) continue;
    const known = concerned.get(record.iteration) ?? { accepted, records: [], alone: [] };
    known.records.push(record);
    if (alone) known.alone.push(record);
    concerned.set(record.iteration, known);
  }
  const past: PastProposal[] = [];
  for (const { records, alone, accepted } of [...concerned.values()].slice(-rememberedIterations)) {
    const own: PastProposal[] = [];
    for (const record of alone) {
      own.push(...(await proposedAlone(stores, { runId, component }, record, accepted?.incumbent)));
    }
    if (accepted === undefined || own.some((item) => item.accepted)) {
      past.push(...own);
      continue;
    }
    const taken = await acceptedWithOthers(stores, component, records, accepted);
    // A part of a simultaneous step, which was accepted with the others: remembered once.
    const settings = configurationHash(taken.proposal.settings);
    past.push(...own.filter(({ proposal }) => configurationHash(proposal.settings) !== settings), taken);
  }
  return past;
}

/** An iteration that proposed something for the component alone, or that changed it. */
interface Remembered {
  accepted: DecisionRecord | undefined;
  records: (ProposalsRecord & { iteration: number })[];
  /** Those that hold proposals for the component alone. */
  alone: (ProposalsRecord & { iteration: number })[];
}

/** An iteration's proposals that change the component and no other one. */
async function proposedAlone(
  stores: Stores,
  { runId, component }: { runId: string; component: string },
  { iteration, incumbent, blobs, proposals }: ProposalsRecord & { iteration: number },
  accepted: string | undefined,
): Promise<PastProposal[]> {
  const configuration = await stores.configurations.get(incumbent);
  const stored = await loadProposals(stores, { incumbent: configuration, component }, blobs);
  const gains = new Map<string, Record<string, number>>();
  for (const judged of await judgedGains(stores, runId, iteration)) {
    for (const [hash, own] of Object.entries(judged.gains)) gains.set(hash, { ...gains.get(hash), ...own });
  }
  return proposals.flatMap(({ configurationHash: hash, expectedGain, measuredGain, finalist }): PastProposal[] => {
    const proposal = stored.get(hash);
    if (proposal === undefined || proposal.elsewhere !== undefined) return [];
    const instanceGains = gains.get(hash);
    return [
      {
        iteration,
        incumbent: configuration[component] ?? {},
        proposal,
        expectedGain,
        measuredGain,
        ...(instanceGains === undefined ? {} : { instanceGains }),
        finalist,
        accepted: accepted === hash,
      },
    ];
  });
}

/** The component's part of an accepted update that changed others as well. */
async function acceptedWithOthers(
  stores: Stores,
  component: string,
  records: Remembered['records'],
  decision: DecisionRecord,
): Promise<PastProposal> {
  const [{ iteration, incumbent }] = records as [Remembered['records'][number]];
  const finalist = records
    .flatMap(({ proposals }) => proposals)
    .find((item) => item.configurationHash === decision.incumbent);
  const configurations = await stores.configurations.getMany([incumbent, decision.incumbent]);
  const settingsIn = (hash: string, name: string) => (configurations.get(hash) as Configuration)[name] ?? {};
  const others = new Set(decision.changed.map((change) => change.component).filter((name) => name !== component));
  return {
    iteration,
    incumbent: settingsIn(incumbent, component),
    proposal: {
      settings: settingsIn(decision.incumbent, component),
      elsewhere: Object.fromEntries([...others].map((name) => [name, settingsIn(decision.incumbent, name)])),
      origin: finalist?.origin ?? 'joint',
      changed: decision.changed as Proposal['changed'],
    },
    expectedGain: null,
    measuredGain: null,
    finalist: true,
    accepted: true,
  };
}
