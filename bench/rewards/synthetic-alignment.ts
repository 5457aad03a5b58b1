import { comparisonsWithIncumbent, type Comparison } from '../../core/preference/comparison';
import type { PreferencePair } from '../../core/preference/preference-pair';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { canonicalJson } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import type { System } from '../../core/system/system';
import { mean } from '../../core/validation/moments';
import type { Encoder } from '../../providers/encoder';
import { fitReward, openReward, type RewardModel } from '../../providers/reward';
import type { StoredCandidate } from '../../storage';
import { chain, conditional, fork, interaction, type SyntheticSystem } from '../../systems/synthetic';
import { defineConfig } from '../../workers/config/define-config';
import { withCandidates, type CollectedCandidates } from './collect-candidates';
import { ordered, shareRight, type OrderedPair, type Share } from './scored-pairs';
import { bestToken } from './single-token';

const makers = { chain, fork, conditional, interaction };

/** A true gap from which a pair counts as one that matters. */
const largeGap = 0.1;
const bins = 10;
/** Shares of the training pairs, for the curve. */
export const dataShares = [0.125, 0.25, 0.5, 0.75, 1] as const;

export interface SyntheticAlignment {
  system: string;
  component: string;
  trainingPairs: number;
  /** Over held-out pairs with a true gap of at least 0.1; null: there are none. */
  large: Share | null;
  all: Share;
  /** The same large pairs by length alone, and by the one word that served best in training. */
  length: number;
  token: number;
  /** Mean |predicted - true gain| over ten bins of equal mass. */
  calibrationError: number;
  /** Mean |true gain - training mean| of one comparison: what there is to predict. */
  constantError: number;
  /** Share of large pairs right by share of the training pairs. */
  curve: { share: number; large: number }[];
}

export interface SyntheticOptions {
  seed: number;
  /** Training pairs a component; whole inputs are taken until they are reached. */
  pairs: number;
  trainingInputs: number;
  heldOutInputs: number;
  folder: string;
  encoder: Encoder;
  curve: boolean;
  say: (line: string) => void;
}

/** Held-out alignment and calibration where the truth is known: topics, facets and names of held-out inputs are new. */
export async function syntheticAlignment(options: SyntheticOptions): Promise<SyntheticAlignment[]> {
  const results: SyntheticAlignment[] = [];
  for (const [name, make] of Object.entries(makers)) {
    const synthetic = make({
      seed: options.seed,
      examples: { train: options.trainingInputs, validation: 2, test: options.heldOutInputs },
    });
    const collected = await collect(name, synthetic, options);
    for (const [component, candidates] of collected.candidates) {
      const result = await componentAlignment(component, candidates, { synthetic, collected, options });
      results.push({ system: name, ...result });
      options.say(
        `synthetic ${name}.${component}: ${result.large?.value.toFixed(3)} of ${result.large?.pairs} large pairs, ${result.all.value.toFixed(3)} of all, calibration error ${result.calibrationError.toFixed(3)}`,
      );
    }
  }
  return results;
}

function collect(name: string, { system, examples }: SyntheticSystem, options: SyntheticOptions) {
  const [validation, test] = examples.validation;
  const together: System = {
    ...system,
    dataset: {
      train: [...examples.train, ...examples.test],
      validation: validation === undefined ? [] : [validation],
      test: test === undefined ? [] : [test],
    },
  };
  return withCandidates(
    {
      config: defineConfig({
        systems: [together],
        encoder: 'hashed-ngrams',
        // Its settings name two models; no component calls them.
        endpoints: { none: { baseURL: 'http://127.0.0.1:9/v1', models: { small: {}, large: {} } } },
      }),
      system: system.name,
      inputs: Object.fromEntries(system.components.map((component) => [component.name, 1_000_000])),
      plan: { candidatesPerInput: 3, rolloutsPerCandidate: 4 },
      folder: `${options.folder}/${name}-${options.seed}-${options.trainingInputs}-${options.heldOutInputs}`,
      say: () => {},
    },
    (collected) => Promise.resolve(collected),
  );
}

interface Context {
  synthetic: SyntheticSystem;
  collected: CollectedCandidates;
  options: SyntheticOptions;
}

async function componentAlignment(
  component: string,
  candidates: readonly StoredCandidate[],
  context: Context,
): Promise<Omit<SyntheticAlignment, 'system'>> {
  const isHeldOut = ({ exampleId }: StoredCandidate): boolean => exampleId.startsWith('test');
  const training = candidates.filter((candidate) => !isHeldOut(candidate));
  const truth = trueValues(component, context);
  const held = byExample(candidates.filter((item) => isHeldOut(item) && item.origin !== 'ground-truth')).map((group) =>
    group.map((candidate) => ({ candidate, value: truth(candidate) })),
  );
  const kept = wholeInputs(training, context.options.pairs);
  const pairs = preferencePairs(kept);
  const model = await fit(component, kept, context.options.encoder);
  if (model === null) return unmeasured(component, pairs.length);
  const { large, all } = await orderedPairs(held, (items) => model.score(items));
  const { calibrationError, constantError } = await calibration(held, model, comparisonsWithIncumbent(kept));
  await model.close();
  if (all.length === 0) return unmeasured(component, pairs.length);
  const token = bestToken(pairs);
  const longer = ({ preferred, rejected }: PreferencePair): number =>
    Math.sign(canonicalJson(preferred).length - canonicalJson(rejected).length);
  const direction = pairs.reduce((sum, pair) => sum + longer(pair), 0) >= 0 ? 1 : -1;
  const by = async (score: (outputs: JsonObject) => number): Promise<number> => {
    const found = await orderedPairs(held, (items) => Promise.resolve(items.map(({ outputs }) => score(outputs))));
    return found.large.length === 0 ? 0.5 : shareRight(found.large).value;
  };
  const curve: SyntheticAlignment['curve'] = [];
  for (const share of context.options.curve ? dataShares : []) {
    const part = await fit(component, wholeInputs(training, share * context.options.pairs), context.options.encoder);
    if (part === null) continue;
    const found = await orderedPairs(held, (items) => part.score(items));
    await part.close();
    if (found.large.length > 0) curve.push({ share, large: shareRight(found.large).value });
  }
  return {
    component,
    trainingPairs: pairs.length,
    large: large.length === 0 ? null : shareRight(large),
    all: shareRight(all),
    length: await by((outputs) => direction * canonicalJson(outputs).length),
    token: await by(token),
    calibrationError,
    constantError,
    curve,
  };
}

/** A component without a reward or a held-out pair: it counts as missed, not as left out. */
function unmeasured(component: string, trainingPairs: number): Omit<SyntheticAlignment, 'system'> {
  const none: Share = { value: 0.5, ci95: [0, 1], pairs: 0, inputs: 0 };
  return {
    component,
    trainingPairs,
    large: null,
    all: none,
    length: 0.5,
    token: 0.5,
    calibrationError: 1,
    constantError: 1,
    curve: [],
  };
}

async function fit(
  component: string,
  candidates: readonly StoredCandidate[],
  encoder: Encoder,
): Promise<RewardModel | null> {
  const first = candidates[0];
  if (first === undefined) return null;
  const fitted = await fitReward({
    component,
    inputFields: Object.keys(first.inputs),
    outputFields: Object.keys(first.outputs),
    pairs: preferencePairs(candidates),
    comparisons: comparisonsWithIncumbent(candidates),
    encoder,
    seed: 0,
  });
  return fitted.status === 'fitted' ? openReward(fitted.artefact, fitted.manifest, encoder) : null;
}

type Valued = { candidate: StoredCandidate; value: number };

async function orderedPairs(
  held: readonly Valued[][],
  score: (items: { inputs: JsonObject; outputs: JsonObject }[]) => Promise<number[]>,
): Promise<{ large: OrderedPair[]; all: OrderedPair[] }> {
  const rewards = await score(held.flat().map(({ candidate }) => candidate));
  const [large, all]: [OrderedPair[], OrderedPair[]] = [[], []];
  let start = 0;
  for (const group of held) {
    for (const [one, first] of group.entries()) {
      for (const [other, second] of [...group.entries()].slice(0, one)) {
        const gap = first.value - second.value;
        if (Math.abs(gap) < 1e-9) continue;
        const difference = (rewards[start + one] as number) - (rewards[start + other] as number);
        const pair = ordered(first.candidate.exampleId, Math.sign(gap) * difference);
        all.push(pair);
        if (Math.abs(gap) >= largeGap - 1e-9) large.push(pair);
      }
    }
    start += group.length;
  }
  return { large, all };
}

/** Mean |predicted - true| over bins of equal mass, of gains over the incumbent's output. */
async function calibration(
  held: readonly Valued[][],
  model: RewardModel,
  training: readonly Comparison[],
): Promise<{ calibrationError: number; constantError: number }> {
  const comparisons = held.flatMap((group) => {
    const base = group.find(({ candidate }) => candidate.origin === 'base');
    if (base === undefined) return [];
    return group
      .filter((item) => item !== base)
      .map(({ candidate, value }) => ({
        inputs: candidate.inputs,
        incumbent: base.candidate.outputs,
        candidate: candidate.outputs,
        truth: value - base.value,
      }));
  });
  const gains = await model.gains(comparisons);
  const points = comparisons
    .map(({ truth }, index) => ({ truth, predicted: gains[index]?.gain ?? 0 }))
    .sort((a, b) => a.predicted - b.predicted);
  const constant = mean(training.map(({ gap }) => gap));
  const constantError = mean(points.map(({ truth }) => Math.abs(truth - constant)));
  const errors = Array.from({ length: bins }, (_, bin) =>
    points.slice(Math.floor((bin * points.length) / bins), Math.floor(((bin + 1) * points.length) / bins)),
  )
    .filter((part) => part.length > 0)
    .map((part) => Math.abs(mean(part.map(({ predicted }) => predicted)) - mean(part.map(({ truth }) => truth))));
  return { calibrationError: mean(errors), constantError };
}

/** `E_down[R | y]` exactly, with the outputs of other components as the incumbent's trace has them. */
function trueValues(component: string, { synthetic, collected }: Context): (candidate: StoredCandidate) => number {
  const examples = new Map([...synthetic.examples.train, ...synthetic.examples.test].map((item) => [item.id, item]));
  const descendants = synthetic.system.wiring.descendants[component] ?? new Set<string>();
  return ({ exampleId, inputs, outputs }) => {
    const example = examples.get(exampleId);
    const trace = collected.traces.get(exampleId)?.trace;
    if (example === undefined || trace === undefined) throw new Error(`bench: ${exampleId} has no trace`);
    const given = Object.fromEntries(
      Object.entries(trace.components).flatMap(([name, { outcome }]) =>
        name !== component && !descendants.has(name) && outcome.status === 'ok' ? [[name, outcome.outputs]] : [],
      ),
    );
    return synthetic.expectedDownstream(component, example, inputs, outputs, collected.configuration, given);
  };
}

/** Candidates of whole inputs, in their order, until they make so many pairs. */
function wholeInputs(candidates: readonly StoredCandidate[], pairs: number): StoredCandidate[] {
  const kept: StoredCandidate[] = [];
  let count = 0;
  for (const group of byExample(candidates)) {
    const own: PreferencePair[] = preferencePairs(group);
    if (count + own.length > pairs) break;
    count += own.length;
    kept.push(...group);
  }
  return kept;
}

function byExample(candidates: readonly StoredCandidate[]): StoredCandidate[][] {
  const groups = new Map<string, StoredCandidate[]>();
  for (const candidate of candidates) {
    groups.set(candidate.exampleId, [...(groups.get(candidate.exampleId) ?? []), candidate]);
  }
  return [...groups.values()];
}
