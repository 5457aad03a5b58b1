import { isSingleStep } from '../../core/run/move-text';
import type { PastProposal } from '../../core/search/past-proposal';
import type { Proposal } from '../../core/search/proposal';
import type { Configuration } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import type { DecisionRecord } from '../decide';
import { changes, decisionsBefore } from '../decisions-before';
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
  const concerned = (await proposalsRecords(stores, runId, { before })).flatMap((record) => {
    const decision = decisions.get(record.iteration);
    const accepted = decision !== undefined && changes(decision, component) ? decision : undefined;
    const alone = record.component === component && isSingleStep(record);
    const took = accepted !== undefined && holds(record, accepted.incumbent);
    return alone || took ? [{ record, alone, accepted: took ? accepted : undefined }] : [];
  });
  const past: PastProposal[] = [];
  for (const { record, alone, accepted } of concerned.slice(-rememberedIterations)) {
    const own = alone ? await proposedAlone(stores, { runId, component }, record, accepted?.incumbent) : [];
    past.push(...own);
    if (accepted !== undefined && !own.some((item) => item.accepted)) {
      past.push(await acceptedWithOthers(stores, component, record, accepted));
    }
  }
  return past;
}

/** A simultaneous step has a record of each component's proposals beside the one that holds what it validated. */
function holds({ proposals }: ProposalsRecord, hash: string): boolean {
  return proposals.some(({ configurationHash }) => configurationHash === hash);
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
  return proposals.flatMap(({ configurationHash, expectedGain, measuredGain, finalist }): PastProposal[] => {
    const proposal = stored.get(configurationHash);
    if (proposal === undefined || proposal.elsewhere !== undefined) return [];
    const instanceGains = gains.get(configurationHash);
    return [
      {
        iteration,
        incumbent: configuration[component] ?? {},
        proposal,
        expectedGain,
        measuredGain,
        ...(instanceGains === undefined ? {} : { instanceGains }),
        finalist,
        accepted: accepted === configurationHash,
      },
    ];
  });
}

/** The component's part of an accepted update that changed others as well. */
async function acceptedWithOthers(
  stores: Stores,
  component: string,
  { iteration, incumbent, proposals }: ProposalsRecord & { iteration: number },
  decision: DecisionRecord,
): Promise<PastProposal> {
  const configurations = await stores.configurations.getMany([incumbent, decision.incumbent]);
  const settingsIn = (hash: string, name: string) => (configurations.get(hash) as Configuration)[name] ?? {};
  const others = new Set(decision.changed.map((change) => change.component).filter((name) => name !== component));
  return {
    iteration,
    incumbent: settingsIn(incumbent, component),
    proposal: {
      settings: settingsIn(decision.incumbent, component),
      elsewhere: Object.fromEntries([...others].map((name) => [name, settingsIn(decision.incumbent, name)])),
      origin: proposals.find((item) => item.configurationHash === decision.incumbent)?.origin ?? 'joint',
      changed: decision.changed as Proposal['changed'],
    },
    expectedGain: null,
    measuredGain: null,
    finalist: true,
    accepted: true,
  };
}
