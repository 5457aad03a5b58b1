import { defaultPlan } from '../../core/run/plan';
import { z } from 'zod';
import { component } from '../../core/system/component';
import { system } from '../../core/system/system';
import { oneOf } from '../../core/system/variable';
import { scriptedChain } from '../../systems/synthetic';
import { estimateCalls, estimateRun, usualShares } from './estimate';
import { fractionDone, timeLeft } from './fraction-done';

const plan = {
  ...defaultPlan,
  iterations: 2,
  preferenceInputs: 10,
  adaptationInputs: 5,
  candidatesPerInput: 3,
  rolloutsPerCandidate: 2,
  proposals: 4,
  rankingInputs: 6,
  shortlist: 3,
  shortlistInputs: 12,
  finalists: 2,
  validationExamples: 100,
  testExamples: 7,
  simultaneousSteps: false,
};

const text = z.object({ text: z.string() });
const merged = z.object({ merged: z.string() });
const source = (name: string) =>
  component({
    ...{ name, description: '', input: text, output: z.object({ [name]: z.string() }) },
    configuration: { tone: oneOf(['a', 'b']) },
    run: () => ({ [name]: '' }),
  });
const twoSources = system({
  name: 'two-sources',
  ...{ input: text, output: merged },
  components: [
    source('left'),
    source('right'),
    component({
      ...{ name: 'merger', description: '', input: z.object({ left: z.string(), right: z.string() }), output: merged },
      run: () => ({ merged: '' }),
    }),
  ],
  metric: () => 0,
  dataset: { train: [], validation: [], test: [] },
});

describe('estimateCalls', () => {
  // Two of three components call models; the retriever between them is deterministic.
  const examples = { train: 40, validation: 60, test: 40 };
  const calls = estimateCalls(scriptedChain(), plan, examples);
  /** Proposals of both rounds on 6 inputs, the shortlist on 10: a quarter of the training examples is for the local step. */
  const judged = 2 * 4 * 6 + 3 * 10;

  it('counts the calls of every phase, no more examples than there are', () => {
    expect(calls.baseline).toBe(60 * 2);
    // Candidates: query_writer 1 + 2 rollouts of the answerer, retriever 2 rollouts, answerer 1.
    expect(calls.preference).toBe(10 * 2 + 10 * 3 * (3 + 2 + 1));
    // The dearest proposal is one of the query writer: it and the answerer are called.
    expect(calls.iteration).toBe((5 + 10) * 2 + 5 * 3 * 3 + judged * 2 + 60 * 2 * 3);
    expect(calls.finalTest).toBe((2 * 7 + 60) * 2);
    expect(calls.total).toBe(calls.baseline + calls.preference + 2 * calls.iteration + calls.finalTest);
  });

  it.each([
    ['all', 3],
    [['opro', 'models'], 1],
    [['hyperparameters', 'demonstrations'], 0],
  ] as const)(
    'adds the calls of a proposer, one for every prompt of a component and optimizer: %j',
    (optimizers, each) => {
      const proposed = estimateCalls(scriptedChain(), { ...plan, optimizers }, examples, { proposer: true });
      expect(proposed.iteration).toBe(calls.iteration + each);
      const { baseline, preference, finalTest, total } = proposed;
      expect(total).toBe(baseline + preference + plan.iterations * proposed.iteration + finalTest);
    },
  );

  it('counts all components in the first iteration of a plan with simultaneous steps', () => {
    const atOnce = estimateCalls(scriptedChain(), { ...plan, simultaneousSteps: true }, examples);
    // Half of the ranking inputs, both rounds, proposals of the query writer, the retriever and the answerer; one finalist.
    expect(atOnce.firstIteration).toBe((5 + 10) * 2 + 5 * 3 * (3 + 2 + 1) + 2 * 4 * 3 * (2 + 1 + 1) + 60 * 2 * 2);
    expect(atOnce.iteration).toBe(calls.iteration);
    expect(atOnce.iterations).toBe(atOnce.firstIteration + calls.iteration);
    expect(calls.firstIteration).toBe(calls.iteration);
  });

  it('takes the calls in a component as an earlier run made them', () => {
    const callsOf = { answerer: 3, metric: 5 };
    const known = estimateCalls(scriptedChain(), plan, examples, { callsOf });
    expect(known.baseline).toBe(60 * 4);
    expect(known.preference).toBe(10 * 4 + 10 * 3 * (1 + 2 * 3 + 2 * 3 + 3));
  });

  it('counts single steps alone without joint moves', () => {
    const joint = estimateCalls(twoSources, plan, examples);
    const single = estimateCalls(twoSources, { ...plan, jointMoves: false }, examples);
    // Both sources are called, and the merger, where one of them and the merger would be.
    expect(joint.iteration).toBe(single.iteration + judged);
  });

  it('counts no preference data without rewards, and fresh traces only where proposals are made from them', () => {
    const without = { ...plan, rewards: false };
    const prompted = estimateCalls(scriptedChain(), without, examples);
    expect(prompted).toMatchObject({ baseline: calls.baseline, preference: 0, finalTest: calls.finalTest });
    expect(prompted.iteration).toBe(calls.iteration - 5 * 3 * 3);
    // Of the retriever alone: what it gives is for the answerer.
    const retrieverOnly = { ...without, optimizers: ['hyperparameters'] };
    const unprompted = estimateCalls(scriptedChain(), retrieverOnly, examples);
    expect(unprompted.iteration).toBe(10 * 2 + judged * 1 + 60 * 2 * 3);
    const mine = { ...without, optimizers: ['mine'] };
    const own = estimateCalls(scriptedChain(), mine, examples, { optimizers: [{ name: 'mine', kinds: ['integer'] }] });
    expect(own.iteration).toBe(unprompted.iteration + 5 * 2);
  });

  it("leaves out components that the plan's optimizers cannot touch", () => {
    const answerer = estimateCalls(scriptedChain(), { ...plan, optimizers: ['models'] }, examples);
    expect(answerer.preference).toBe(10 * 2 + 10 * 3 * 1);
    expect(answerer.iteration).toBe((5 + 10) * 2 + 5 * 3 * 1 + judged * 1 + 60 * 2 * 3);
    expect(estimateCalls(scriptedChain(), { ...plan, optimizers: ['opro'] }, examples).preference).toBe(10 * 2);
  });

  it('is multiplied by what a call takes', () => {
    expect(estimateRun(calls, { tokens: 10, usd: 0.5, latencyMs: 100 }, 4)).toEqual({
      calls: calls.total,
      tokens: 10 * calls.total,
      usd: 0.5 * calls.total,
      wallClockMs: 25 * calls.total,
    });
  });

  it('tells how much is done: never less later on', () => {
    const at = (phase: Parameters<typeof fractionDone>[1]['phase'], done = 0, iterationsDone = 0, step = '') =>
      fractionDone(calls, { phase, step, done, total: 10, iterationsDone, component: null });
    const fractions = [
      at('prepare'),
      at('baseline', 5),
      at('preference-data', 2),
      at('rewards'),
      at('iterations', 0, 0, 'collecting rollouts'),
      at('iterations', 0, 0, 'validating 2 finalists'),
      at('iterations', 0, 1),
      at('final-test', 0, 2),
      at('final-test', 9, 2),
      at('done'),
    ];
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(timeLeft(0.25, 60_000)).toBe(180_000);
    expect(timeLeft(0.01, 60_000)).toBeUndefined();
    expect(usualShares(4).iteration * 4).toBe(usualShares(4).iterations);
  });
});
