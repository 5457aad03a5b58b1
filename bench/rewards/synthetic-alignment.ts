import { comparisonsWithIncumbent, type Comparison } from '../../core/preference/comparison';
import type { PreferencePair } from '../../core/preference/preference-pair';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { canonicalJson, contentHash } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import type { System } from '../../core/system/system';
import { mean } from '../../core/validation/moments';
import type { Encoder } from '../../providers/encoder';
import { fitReward, openReward, type RewardModel } from '../../providers/reward';
import type { StoredCandidate } from '../../storage';
import { chain, conditional, fork, interaction, type SyntheticSystem } from '../../systems/synthetic';
import { defineConfig } from '../../workers/config/define-config';
import { calibrationError, type CalibrationError } from './calibration-error';
import { withCandidates, type CollectedCandidates } from './collect-candidates';
import type { KeptResults } from './kept-results';
import { ordered, shareRight, type OrderedPair, type Share } from './scored-pairs';
import { bestToken } from './single-token';

const makers = { chain, fork, conditional, interaction };

/** A true gap from which a pair counts as one that matters. */
const largeGap = 0.1;
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
  length: Share;
  token: Share;
  /** Of gains over the incumbent's output; null: there is no reward. */
  calibrationError: CalibrationError | null;
  /** Mean |true gain - training mean| of one comparison: what there is to predict. */
  constantError: number;
  /** Share of large pairs right by share of the training pairs. */
  curve: { share: number; large: Share }[];
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
  /** Only these: names of components, alone or after their system's and a dot. */
  components?: readonly string[] | undefined;
  kept: KeptResults;
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
    const wanted = synthetic.system.components
      .map((component) => component.name)
      .filter((component) => isWanted(options.components, name, component));
    if (wanted.length === 0) continue;
    const collected = await collect(name, synthetic, wanted, options);
    for (const [component, candidates] of [...collected.candidates].filter(([own]) => wanted.includes(own))) {
      const context = { synthetic, collected, options };
      const key = (share: number) => [
        'synthetic',
        ...[name, component, options.seed, options.pairs, share, options.encoder.identity],
        contentHash(candidates),
      ];
      const result = await options.kept.of(key(1), () => componentAlignment(component, candidates, context));
      if (options.curve && result.large !== null) {
        for (const share of dataShares) {
          const large =
            share === 1
              ? result.large
              : await options.kept.of(key(share), () => largeByShare(share, component, candidates, context));
          if (large !== null) result.curve.push({ share, large });
        }
      }
      results.push({ system: name, ...result });
      options.say(
        `synthetic ${name}.${component}: ${result.large?.value.toFixed(3)} of ${result.large?.pairs} large pairs, ${result.all.value.toFixed(3)} of all, calibration error ${result.calibrationError?.value.toFixed(3)}`,
      );
    }
  }
  return results;
}

/** Whether a component is among those that were asked for, by its name alone or after its system's and a dot. */
export function isWanted(asked: readonly string[] | undefined, system: string, component: string): boolean {
  return asked?.some((name) => name === component || name === `${system}.${component}`) ?? true;
}

function collect(
  name: string,
  { system, examples }: SyntheticSystem,
  wanted: readonly string[],
  options: SyntheticOptions,
) {
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
      inputs: Object.fromEntries(wanted.map((component) => [component, 1_000_000])),
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
  const { training, held } = parted(component, candidates, context);
  const kept = wholeInputs(training, context.options.pairs);
  const pairs = preferencePairs(kept);
  const model = await fit(component, kept, context.options.encoder);
  if (model === null) return unmeasured(component, pairs.length);
  const { large, all } = await orderedPairs(held, (items) => model.score(items));
  const gains = await calibration(held, model, comparisonsWithIncumbent(kept));
  await model.close();
  if (all.length === 0) return unmeasured(component, pairs.length);
  const token = bestToken(pairs);
  const longer = ({ preferred, rejected }: PreferencePair): number =>
    Math.sign(canonicalJson(preferred).length - canonicalJson(rejected).length);
  const direction = pairs.reduce((sum, pair) => sum + longer(pair), 0) >= 0 ? 1 : -1;
  const by = async (score: (outputs: JsonObject) => number): Promise<Share> => {
    const found = await orderedPairs(held, (items) => Promise.resolve(items.map(({ outputs }) => score(outputs))));
    return found.large.length === 0 ? unknown : shareRight(found.large);
  };
  return {
    component,
    trainingPairs: pairs.length,
    large: large.length === 0 ? null : shareRight(large),
    all: shareRight(all),
    length: await by((outputs) => direction * canonicalJson(outputs).length),
    token: await by(token),
    ...gains,
    curve: [],
  };
}

/** Alignment on the large pairs with a share of the training pairs; null: they give no reward. */
async function largeByShare(
  share: number,
  component: string,
  candidates: readonly StoredCandidate[],
  context: Context,
): Promise<Share | null> {
  const { training, held } = parted(component, candidates, context);
  const { pairs, encoder } = context.options;
  const model = await fit(component, wholeInputs(training, share * pairs), encoder);
  if (model === null) return null;
  const { large } = await orderedPairs(held, (items) => model.score(items));
  await model.close();
  return shareRight(large);
}

function parted(
  component: string,
  candidates: readonly StoredCandidate[],
  context: Context,
): { training: StoredCandidate[]; held: Valued[][] } {
  const isHeldOut = ({ exampleId }: StoredCandidate): boolean => exampleId.startsWith('test');
  const truth = trueValues(component, context);
  return {
    training: candidates.filter((candidate) => !isHeldOut(candidate)),
    held: byExample(candidates.filter((item) => isHeldOut(item) && item.origin !== 'ground-truth')).map((group) =>
      group.map((candidate) => ({ candidate, value: truth(candidate) })),
    ),
  };
}

const unknown: Share = { value: 0.5, ci95: [0, 1], pairs: 0, inputs: 0 };

/** A component without a reward or a held-out pair: it counts as missed, not as left out. */
function unmeasured(component: string, trainingPairs: number): Omit<SyntheticAlignment, 'system'> {
  return {
    component,
    trainingPairs,
    large: null,
    all: unknown,
    length: unknown,
    token: unknown,
    calibrationError: null,
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

/** How far predicted gains over the incumbent's output are off, beside what a constant would be. */
async function calibration(
  held: readonly Valued[][],
  model: RewardModel,
  training: readonly Comparison[],
): Promise<Pick<SyntheticAlignment, 'calibrationError' | 'constantError'>> {
  const comparisons = held.flatMap((group) => {
    const base = group.find(({ candidate }) => candidate.origin === 'base');
    if (base === undefined) return [];
    return group
      .filter((item) => item !== base)
      .map(({ candidate, value }) => ({
        inputs: candidate.inputs,
        incumbent: base.candidate.outputs,
        candidate: candidate.outputs,
        group: candidate.exampleId,
        truth: value - base.value,
      }));
  });
  const gains = await model.gains(comparisons);
  const constant = mean(training.map(({ gap }) => gap));
  return {
    calibrationError: calibrationError(
      comparisons.map(({ group, truth }, index) => ({ group, truth, predicted: gains[index]?.gain ?? 0 })),
    ),
    constantError: mean(comparisons.map(({ truth }) => Math.abs(truth - constant))),
  };
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

/** Candidates of whole inputs, in their order, until they make so many pairs of components' own outputs. */
function wholeInputs(candidates: readonly StoredCandidate[], pairs: number): StoredCandidate[] {
  const kept: StoredCandidate[] = [];
  let count = 0;
  for (const group of byExample(candidates)) {
    const own: PreferencePair[] = preferencePairs(group.filter(({ origin }) => origin !== 'ground-truth'));
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
