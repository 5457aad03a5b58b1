import { certificateDelta, certify, type ComponentEvidence } from '../core/validation/certificate';
import { keepFirst } from '../core/validation/keep-first';
import { pairOnShared } from '../core/validation/scores-by-example';
import type { ResultDocument } from '../core/run/result-document';
import { hasPriceObjective } from '../core/run/utility';
import { configurationHash, type Configuration } from '../core/system/configuration';
import type { Stores } from '../storage';
import type { OpenRun, TunableComponents } from './open-run';
import { judgedGains } from './optimize-component/judged-gains';
import { proposalsRecords, type ProposalRecord, type ProposalsRecord } from './optimize-component/proposals-record';
import { utilities, validatedExamples } from './validation-scores';

type ComponentCertificate = NonNullable<ResultDocument['certificate']>['components'][string];
type Unmeasured = NonNullable<ComponentCertificate['unmeasured']>[number];
type Gains = ReadonlyMap<string, number>;

/**
 * The component-wise maximum certificate of a run, from what it measured anyway (`docs/decisions/0021`). Evidence is what the global
 * metric measured with the final configuration as the incumbent: the rankings and shortlists of `scoreProposals` on training
 * examples, and validation. Each example counts once per candidate, as it was measured first. A proposal with the outputs of
 * another one shares its gains on the inputs on which both ran, where no price counts: at another price the same outputs gain otherwise.
 *
 * @param options.incumbent hash of the final configuration.
 * @param options.heldOut its scores on the test examples; null: they were not measured.
 * @param options.dearest what the dearest of them costs, in units of score; undefined: no price counts.
 * @param options.tunable as the run began with: only what it tunes is certified.
 */
export async function runCertificate(
  stores: Stores,
  options: {
    runId: string;
    plan: OpenRun['plan'];
    incumbent: string;
    configuration: Configuration;
    heldOut: ReadonlyMap<string, number> | null;
    dearest?: number;
    tunable: TunableComponents;
  },
): Promise<NonNullable<ResultDocument['certificate']>> {
  const { runId, plan, incumbent, configuration, heldOut, dearest, tunable } = options;
  const records = await proposalsRecords(stores, runId);
  const decided = new Set((await stores.ledger.list(runId, { kind: 'decision' })).map(({ iteration }) => iteration));

  const components: Record<string, ComponentEvidence> = {};
  const unmeasured: Record<string, Unmeasured[]> = {};
  const byHash = new Map<string, Tried>();
  for (const name of tunable.tuned) {
    const final = configurationHash(configuration[name] ?? {});
    const [triedNow, triedBefore] = [new Map<string, Tried>(), new Map<string, Tried>()];
    const measured = new Map<string, Gains>();
    for (const { iteration, component, incumbent: before, proposals } of records) {
      if (component !== name) continue;
      const own = proposals.filter((proposal) => proposal.settings !== final && changesOnly(name, proposal.changed));
      const tried = before === incumbent ? triedNow : triedBefore;
      for (const proposal of own) tried.set(proposal.settings, { iteration, proposal });
      if (before !== incumbent) continue;
      const byMetric = await gainsByMetric(stores, { runId, plan, iteration, component, incumbent, proposals });
      for (const proposal of own) {
        const { configurationHash: hash, finalist } = proposal;
        keepFirst(measured, hash, byMetric.get(hash));
        // What was measured of a validation that did not end depends on when it was cut off.
        if (finalist && decided.has(iteration)) {
          keepFirst(measured, hash, await validatedGains(stores, { runId, plan, iteration, incumbent }, hash));
        }
        if (measured.has(hash) && !byHash.has(hash)) byHash.set(hash, { iteration, proposal });
      }
    }
    const earlier = [...triedBefore].filter(([settings]) => !triedNow.has(settings));
    const unjudged = [...triedNow].filter(([, { proposal }]) => !measured.has(proposal.configurationHash));
    components[name] = { tried: triedNow.size + earlier.length, earlier: earlier.length, measured };
    unmeasured[name] = [
      ...unjudged.map(unmeasuredBecause('ranked-by-reward')),
      ...earlier.map(unmeasuredBecause('earlier-configuration')),
    ];
  }

  const certificate = certify({
    ...{ components, heldOutScores: [...(heldOut?.values() ?? [])], delta: certificateDelta },
    ...(dearest !== undefined && { dearest }),
  });
  return {
    ...certificate,
    notTuned: [...tunable.excluded],
    components: Object.fromEntries(
      Object.entries(certificate.components).map(([name, { candidates, ...component }]) => [
        name,
        {
          ...component,
          candidates: candidates.map((candidate) => ({
            ...candidate,
            ...provenance(byHash.get(candidate.configurationHash) as Tried),
          })),
          unmeasured: unmeasured[name],
        },
      ]),
    ) as Record<string, ComponentCertificate>,
  };
}

interface Tried {
  iteration: number;
  proposal: ProposalRecord;
}

const unmeasuredBecause =
  (why: Unmeasured['why']) =>
  ([settings, tried]: readonly [string, Tried]): Unmeasured => ({ ...provenance(tried), settings, why });

const provenance = ({ iteration, proposal: { changed, origin, note } }: Tried) => ({
  changed: changed.map(({ variable, kind }) => ({ variable, kind })),
  ...{ iteration, origin, note },
});

/** What changes several components at once is no candidate of one. */
function changesOnly(component: string, changed: ProposalRecord['changed']): boolean {
  return changed.every((change) => change.component === undefined || change.component === component);
}

/** Gains on training examples by configuration hash, of the proposals that the metric judged and of those with the same outputs. */
async function gainsByMetric(
  stores: Stores,
  step: Pick<OpenRun, 'runId' | 'plan'> & { iteration: number } & Pick<
      ProposalsRecord,
      'component' | 'incumbent' | 'proposals'
    >,
): Promise<Map<string, Gains>> {
  const judged = (await judgedGains(stores, step.runId, step.iteration)).filter(
    ({ component, incumbent }) => component === step.component && incumbent === step.incumbent,
  );
  const own = new Map<string, Gains>();
  for (const [hash, gains] of judged.flatMap((record) => Object.entries(record.gains))) {
    keepFirst(own, hash, new Map(Object.entries(gains)));
  }
  if (hasPriceObjective(step.plan)) return own;
  // Equal outputs were found where all proposals were ranked: by the reward, or by the metric, which then measured each itself.
  const ranked = new Set(judged.filter(({ judge }) => judge === 'reward').flatMap(({ examples }) => examples));
  const all = new Map(own);
  for (const { configurationHash: hash, sameOutputsAs } of step.proposals) {
    const shared = [...(own.get(sameOutputsAs ?? '') ?? [])].filter(([id]) => ranked.has(id));
    keepFirst(all, hash, new Map(shared));
  }
  return all;
}

async function validatedGains(
  stores: Stores,
  { iteration, incumbent, ...run }: Pick<OpenRun, 'runId' | 'plan'> & { iteration: number; incumbent: string },
  candidate: string,
): Promise<Gains> {
  const measured = async (hash: string): Promise<Gains> =>
    utilities(await validatedExamples({ stores }, run, iteration, hash));
  const pairs = pairOnShared(await measured(incumbent), await measured(candidate));
  return new Map(pairs?.ids.map((id, index) => [id, pairs.differences[index] as number]));
}
