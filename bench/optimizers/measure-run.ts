import { defaultPlan, type RunPlan } from '../../core/run/plan';
import { configurationHash, type Configuration } from '../../core/system/configuration';
import { mean } from '../../core/validation/moments';
import { chain, conditional, fork, interaction, type SyntheticSystem } from '../../systems/synthetic';
import { certifyRun, type CheckedCertificate } from './certify-run';
import { InMemoryOptimizer, type CurvePoint } from './optimizer';
import { randomSearch } from './random-search';
import type { SimulatedSystem } from './simulated-system';
import { variants, type VariantName } from './variant';

const makers = { chain, fork, conditional, interaction };
/** Candidates of each component in the finite systems. */
const strategies = 32;

/** The four systems with 32 strategies for each component, and as they are. */
export const systemNames = Object.keys(makers).flatMap((name) => [`${name}-${strategies}`, name]);

/** More iterations than a run has by default: a run here is to end where nothing is left to gain. */
export const benchPlan: RunPlan = { ...defaultPlan, iterations: 24, jointMoves: false };

/** One run as the bench keeps it. Costs are in runs of the system. */
export interface RunRecord {
  system: string;
  seed: number;
  variant: VariantName;
  /**
   * After the baseline and each iteration: cost, validated gain, true gain, the cost had no two settings given the same output, and
   * the cost had preference data been free.
   */
  curve: [number, number, number, number, number][];
  /** The largest true gain that one component could still make alone. */
  left: number;
  accepted: number;
  /** Accepted updates whose true gain was not above 0. */
  falselyAccepted: number;
  /** Null for random search, which has none. */
  certificate: CheckedCertificate | null;
  /** Component calls by purpose, in runs of the system. */
  costs: Record<string, number>;
  /** Mean held-out alignment of the run's rewards; null: none was fitted. */
  alignment: number | null;
  seconds: number;
}

/**
 * Runs one variant on one system.
 *
 * @param options.calls of a random search, at most.
 * @throws RangeError for a random search without `calls`.
 */
export async function measureRun(
  name: string,
  seed: number,
  variant: VariantName,
  options: { calls?: number; plan?: RunPlan } = {},
): Promise<RunRecord> {
  const plan = options.plan ?? benchPlan;
  const started = performance.now();
  const synthetic = makeSystem(name, seed);
  let run: { simulated: SimulatedSystem; curve: CurvePoint[] };
  let optimizer: InMemoryOptimizer | undefined;
  if (variant === 'random') {
    if (options.calls === undefined) {
      throw new RangeError(`random search on ${name}, seed ${seed}: calls are not set; measure 'ours' first`);
    }
    run = await randomSearch(synthetic, seed, plan, options.calls);
  } else {
    optimizer = new InMemoryOptimizer(synthetic, seed, plan, variants[variant]);
    await optimizer.optimize();
    run = { simulated: optimizer.state.simulated, curve: optimizer.curve };
  }
  const known = new Map<string, number>();
  const trueScore = (configuration: Configuration): number => {
    const hash = configurationHash(configuration);
    const score = known.get(hash) ?? synthetic.trueScore(configuration);
    known.set(hash, score);
    return score;
  };
  const live = liveComponents(synthetic);
  const [first] = run.curve as [CurvePoint];
  const final = (run.curve.at(-1) as CurvePoint).configuration;
  const accepted = optimizer?.decisions.filter((decision) => decision.accepted) ?? [];
  const left =
    Math.max(...synthetic.system.components.map((component) => synthetic.bestSettings(component.name, final).score)) -
    trueScore(final);
  const costs = Object.fromEntries([...run.simulated.calls].map(([purpose, calls]) => [purpose, calls / live]));
  const alignments = optimizer?.alignments ?? [];
  return {
    system: name,
    seed,
    variant,
    curve: run.curve.map(({ calls, callsIfDistinct, callsWithoutPreference, validated, configuration }) => [
      calls / live,
      validated,
      trueScore(configuration) - trueScore(first.configuration),
      callsIfDistinct / live,
      callsWithoutPreference / live,
    ]),
    left,
    accepted: accepted.length,
    falselyAccepted: accepted.filter(
      ({ candidate, incumbent }) => candidate !== null && trueScore(candidate) <= trueScore(incumbent),
    ).length,
    costs,
    certificate: optimizer === undefined ? null : certifyRun(optimizer, trueScore, left),
    alignment: alignments.length === 0 ? null : mean(alignments),
    seconds: (performance.now() - started) / 1_000,
  };
}

/** @throws RangeError for a name that is not among `systemNames`. */
export function makeSystem(name: string, seed: number): SyntheticSystem {
  const [maker = '', count] = name.split('-');
  const make = makers[maker as keyof typeof makers] as typeof chain | undefined;
  if (make === undefined || !systemNames.includes(name)) {
    throw new RangeError(`there is no system '${name}'; known ones: ${systemNames.join(', ')}`);
  }
  return make({ seed, ...(count === undefined ? {} : { candidatesPerComponent: Number(count) }) });
}

/** How many component calls a run of the system makes, in the mean. */
export function liveComponents({ system, examples }: SyntheticSystem): number {
  const runs = examples.train.map(
    (example) => system.components.filter(({ when }) => when === undefined || when(example as never)).length,
  );
  return mean(runs);
}

/** Component calls of a run. */
export function finalCalls({ system, seed, curve }: RunRecord): number {
  return Math.round((curve.at(-1)?.[0] ?? 0) * liveComponents(makeSystem(system, seed)));
}
