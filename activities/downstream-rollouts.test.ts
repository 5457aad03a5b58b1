import { z } from 'zod';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { begunRun } from '../test/support/begun-run';
import { adaptiveRollouts, downstreamRollout, type RolloutOptions } from './downstream-rollouts';
import { openRun } from './open-run';

const guess = z.object({ guess: z.number(), spread: z.number() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, question: 'x' }));

/** Calls of the component downstream. */
const downstream = { calls: 0 };

/** The judge downstream scores a guess up to its spread, by the seed of the draw. */
const judged = (deterministic: boolean) =>
  system({
    name: 'judged',
    input: z.object({ question: z.string() }),
    output: z.object({ mark: z.number() }),
    from: { mark: 'judge.mark' },
    components: [
      component({
        name: 'guesser',
        description: 'Guesses',
        input: z.object({ question: z.string() }),
        output: guess,
        configuration: { style: oneOf(['bold', 'shy']) },
        run: () => ({ guess: 0, spread: 0 }),
      }),
      component({
        name: 'judge',
        description: 'Judges',
        input: guess,
        output: z.object({ mark: z.number() }),
        deterministic,
        run: ({ guess: value, spread }, { sample: { seed } }) => {
          downstream.calls++;
          return { mark: value + spread * ((seed % 1_000) / 1_000 - 0.5) };
        },
      }),
    ],
    metric: (_, { mark }) => mark,
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
  });

let folder: TemporaryFolder;
beforeEach(async () => {
  downstream.calls = 0;
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

async function rolloutOptions(deterministic: boolean, rolloutsPerCandidate: number): Promise<RolloutOptions> {
  const { dependencies, resolved, prepared } = await begunRun(folder, judged(deterministic), {
    plan: { rolloutsPerCandidate },
  });
  const [guesser] = resolved.system.components;
  const [example] = resolved.examples.train;
  if (guesser === undefined || example === undefined) throw new Error('nothing to roll out');
  return {
    run: await openRun(dependencies, 'run'),
    limits: {},
    configuration: await dependencies.stores.configurations.get(prepared.baseline),
    component: guesser,
    example,
    trace: { components: {} } as RolloutOptions['trace'],
    draw: { runSeed: 0, purpose: 'preference', iteration: 0, exampleId: example.id, index: 0 },
    signal: new AbortController().signal,
  };
}

const guesses = (...values: number[]) => values.map((value) => ({ guess: value, spread: 0.4 }));
const counts = (scores: unknown[][]) => scores.map((own) => own.length);

describe('adaptiveRollouts', () => {
  it('rolls out once where everything downstream is deterministic', async () => {
    const options = await rolloutOptions(true, 8);
    const scores = await adaptiveRollouts(options, guesses(0.3, 0.5, 0.7));
    expect(counts(scores)).toEqual([1, 1, 1]);
    expect(downstream.calls).toBe(3);
  });

  it('gives close candidates more rollouts than clear ones, no more than the usual ones in the mean', async () => {
    const options = await rolloutOptions(false, 4);
    const scores = await adaptiveRollouts(options, guesses(0.7, 0.25, 0.27));
    const [clear, one, other] = counts(scores) as [number, number, number];
    expect(clear + one + other).toBeLessThanOrEqual(4 * 3);
    expect(downstream.calls).toBe(clear + one + other);
    expect(clear).toBeGreaterThanOrEqual(2);
    expect(Math.min(one, other)).toBeGreaterThan(clear);
    // Each rollout is a measurement of its own.
    for (const own of scores) expect(new Set(own.map(({ score }) => score)).size).toBe(own.length);
  });

  it('asks for no more where the order is known, or there is nothing to order', async () => {
    const options = await rolloutOptions(false, 8);
    const apart = [0.1, 0.5, 0.9].map((value) => ({ guess: value, spread: 0.01 }));
    expect(counts(await adaptiveRollouts(options, apart))).toEqual([4, 4, 4]);
    expect(counts(await adaptiveRollouts(options, guesses(0.5)))).toEqual([4]);
    expect(await adaptiveRollouts(options, [])).toEqual([]);
  });

  it('repeats the same on a second attempt, from the memo', async () => {
    const first = await adaptiveRollouts(await rolloutOptions(false, 4), guesses(0.7, 0.25, 0.27));
    const made = downstream.calls;
    const again = await adaptiveRollouts(await rolloutOptions(false, 4), guesses(0.7, 0.25, 0.27));
    expect(again).toEqual(first);
    expect(downstream.calls).toBe(made);
  });

  it('lets every rollout end before it fails, so that the next attempt has less to do', async () => {
    const options = await rolloutOptions(false, 4);
    const caller = options.run.caller({});
    const callComponent = caller.callComponent.bind(caller);
    let ended = 0;
    jest.spyOn(caller, 'callComponent').mockImplementation(async (call) => {
      if (call.inputs['guess'] === 0.7) throw new Error('the database is away');
      await new Promise((resolve) => setTimeout(resolve, 20));
      const result = await callComponent(call);
      ended += 1;
      return result;
    });
    const failing = { ...options, run: { ...options.run, caller: () => caller } };
    await expect(adaptiveRollouts(failing, guesses(0.7, 0.25, 0.27))).rejects.toThrow('the database is away');
    expect(ended).toBe(2 * 2);
  });

  it('begins with the rollout that stands for an output in a mean over inputs', async () => {
    const options = await rolloutOptions(false, 4);
    const [outputs] = guesses(0.5);
    const one = await downstreamRollout({ ...options, outputs: outputs as { guess: number; spread: number } });
    const [all] = await adaptiveRollouts(options, guesses(0.5));
    expect(all?.[0]).toEqual(one);
  });
});
