import { initialConfiguration } from '../../core/system/configuration';
import { directCaller } from '../../core/system/direct-caller';
import { runExample } from '../../core/system/interpreter';
import type { JsonObject } from '../../core/system/json';
import type { Split } from '../../core/system/system';
import { randomStream } from '../../core/random/stream';
import { chain, conditional, fork, interaction, type SyntheticSystem } from '../../systems/synthetic';

/** What a reward model sees of one output. */
interface View {
  inputs: string[];
  outputs: string;
}

interface Pair {
  preferred: View;
  rejected: View;
}

const { signal } = new AbortController();

/** By component, pairs of outputs sampled at temperature 1 whose true expected downstream scores differ by at least 0.1. */
async function pairsOf(synthetic: SyntheticSystem, split: Split): Promise<Record<string, Pair[]>> {
  const { system } = synthetic;
  const configuration = initialConfiguration(system);
  const pairs: Record<string, Pair[]> = Object.fromEntries(system.components.map(({ name }) => [name, []]));
  for (const example of synthetic.examples[split]) {
    const draw = { runSeed: 7, purpose: 'preference', iteration: 0, exampleId: example.id } as const;
    const common = { system, configuration, example, caller: directCaller(), signal };
    const base = await runExample({ ...common, draw: { ...draw, index: 0 } });
    for (const { component } of Object.values(base.components).filter(({ outcome }) => outcome.status === 'ok')) {
      const ancestors = Object.values(base.components).filter((item) =>
        system.wiring.descendants[item.component]?.has(component),
      );
      const given = Object.fromEntries(ancestors.map((item) => [item.component, item.outcome]));
      const candidates: { view: View; score: number }[] = [];
      for (let index = 1; index <= 6; index++) {
        const sampling = { ...common, draw: { ...draw, index, temperature: 1 }, given, until: [component] };
        const trace = (await runExample(sampling)).components[component];
        const { inputs = {} } = trace ?? {};
        const outputs: JsonObject = trace?.outcome.status === 'ok' ? trace.outcome.outputs : {};
        const score = synthetic.expectedDownstream(component, example, inputs, outputs, configuration);
        const view = { inputs: Object.values(inputs).map(String), outputs: Object.values(outputs).join(' ') };
        candidates.push({ view, score });
      }
      for (const better of candidates) {
        for (const worse of candidates) {
          if (better.score - worse.score < 0.1) continue;
          pairs[component]?.push({ preferred: better.view, rejected: worse.view });
        }
      }
    }
  }
  return Object.fromEntries(
    Object.entries(pairs).map(([name, list]) => [name, randomStream(0, 'pairs').sample(list, 400)]),
  );
}

/** The share of pairs that a score puts in the right order; ties count half. */
function alignment(pairs: Pair[], score: (view: View) => number): number {
  const marks = pairs.map(({ preferred, rejected }) => {
    const gap = score(preferred) - score(rejected);
    return gap > 0 ? 1 : gap === 0 ? 0.5 : 0;
  });
  return marks.reduce<number>((sum, mark) => sum + mark, 0) / pairs.length;
}

const tokens = (text: string): string[] => text.toLowerCase().match(/\w+/g) ?? [];

/** The token, and its sign, that best orders the training pairs. */
function bestToken(pairs: Pair[]): (view: View) => number {
  const vocabulary = new Set(
    pairs.flatMap(({ preferred, rejected }) => [...tokens(preferred.outputs), ...tokens(rejected.outputs)]),
  );
  let best = { align: 0, score: (_: View): number => 0 };
  for (const token of vocabulary) {
    for (const sign of [1, -1]) {
      const score = (view: View): number => sign * tokens(view.outputs).filter((other) => other === token).length;
      const align = alignment(pairs, score);
      if (align > best.align) best = { align, score };
    }
  }
  return best.score;
}

const dimension = 256;

function hashed(text: string): Float64Array {
  const vector = new Float64Array(dimension);
  for (const token of tokens(text)) {
    let hash = 2166136261;
    for (const character of token) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
    vector[(hash >>> 0) % dimension]! += 1;
  }
  return vector;
}

/** Hashed words of the output, and for each input field the cosine and how many of its words the output has. */
function features({ inputs, outputs }: View): Float64Array {
  const words = new Set(tokens(outputs));
  const y = hashed(outputs);
  const related = inputs.flatMap((input) => {
    const x = hashed(input);
    const product = y.reduce((sum, value, at) => sum + value * (x[at] ?? 0), 0);
    const cosine = product / Math.hypot(...x) / Math.hypot(...y);
    return [cosine, [...new Set(tokens(input))].filter((word) => words.has(word)).length];
  });
  return Float64Array.from([...y, ...related]);
}

/** A linear score fitted with the pairwise log-sigmoid loss and a ridge penalty by gradient descent. */
function linear(pairs: Pair[]): (view: View) => number {
  const rows = pairs.map(({ preferred, rejected }) => {
    const worse = features(rejected);
    return features(preferred).map((value, at) => value - (worse[at] ?? 0));
  });
  const weights = new Float64Array(rows[0]?.length ?? 0);
  const dot = (row: Float64Array): number => row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
  for (let step = 0; step < 200; step++) {
    const gradient = weights.map((weight) => 0.001 * weight);
    for (const row of rows) {
      const push = 1 / (1 + Math.exp(dot(row))) / rows.length;
      row.forEach((value, at) => (gradient[at]! -= push * value));
    }
    gradient.forEach((value, at) => (weights[at]! -= 0.5 * value));
  }
  return (view) => dot(features(view));
}

describe.each(Object.entries({ chain, fork, conditional, interaction }))('%s', (_, make) => {
  it('is learned from at most 400 pairs, but not from lengths or single words', async () => {
    const synthetic = make({ seed: 5, examples: { train: 110, validation: 1, test: 50 } });
    const training = await pairsOf(synthetic, 'train');
    const heldOut = await pairsOf(synthetic, 'test');
    for (const { name } of synthetic.system.components) {
      const [train = [], test = []] = [training[name], heldOut[name]];
      const result = {
        train: train.length,
        test: test.length,
        length: alignment(test, (view) => view.outputs.length),
        token: alignment(test, bestToken(train)),
        linear: alignment(test, linear(train)),
      };
      expect(result.test).toBeGreaterThan(40);
      expect(Math.max(result.length, 1 - result.length)).toBeLessThan(0.65);
      expect(result.token).toBeLessThan(0.65);
      expect(result.linear).toBeGreaterThan(0.9);
    }
  });
});
