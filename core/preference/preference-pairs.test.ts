import type { Candidate } from './candidate';
import { preferencePairs } from './preference-pairs';

function candidate(exampleId: string, answer: string, scores: number[], more: Partial<Candidate> = {}): Candidate {
  return {
    component: 'answerer',
    exampleId,
    inputs: { question: `q-${exampleId}` },
    outputs: { answer },
    origin: 'sampled',
    configurationHash: 'c0',
    iteration: 0,
    scores,
    ...more,
  };
}

describe('preferencePairs', () => {
  it('keeps every valid pair of an input', () => {
    const pairs = preferencePairs([
      candidate('a', 'one', [0.1]),
      candidate('a', 'two', [0.4]),
      candidate('a', 'three', [0.9]),
      candidate('a', 'four', [0.9]),
    ]);
    expect(pairs.map((pair) => `${String(pair.preferred.answer)}>${String(pair.rejected.answer)}`).sort()).toEqual(
      ['four>one', 'four>two', 'three>one', 'three>two', 'two>one'].sort(),
    );
    for (const pair of pairs) expect(pair.gap).toBeGreaterThan(0);
  });

  it('pools the rollouts of equal outputs and pairs no output with itself', () => {
    const pairs = preferencePairs([
      candidate('a', 'same', [1]),
      candidate('a', 'same', [0], { origin: 'base' }),
      candidate('a', 'other', [0.4]),
    ]);
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({ preferred: { answer: 'same' }, rejected: { answer: 'other' } });
    expect(pairs[0]?.gap).toBeCloseTo(0.1);
  });

  describe('with the ground truth', () => {
    const answers = (pairs: ReturnType<typeof preferencePairs>) =>
      pairs.map(({ preferred, rejected, groundTruth }) => [preferred.answer, rejected.answer, groundTruth]).sort();
    const gold = (exampleId: string) => candidate(exampleId, 'gold', [1, 0.5], { origin: 'ground-truth' });
    const ofModels = [
      candidate('a', 'found', [0.9], { origin: 'ground-truth' }),
      candidate('a', 'found', [0.9]),
      candidate('a', 'poor', [0.1]),
      candidate('b', 'poor', [0.1]),
    ];

    it('keeps pairs of outputs that models gave, weighted as if it were not there', () => {
      const pairs = preferencePairs([gold('a'), gold('b'), ...ofModels]);
      expect(answers(pairs)).toEqual([['found', 'poor', false]]);
      expect(pairs).toEqual(preferencePairs(ofModels));
    });

    it('keeps and marks its pairs where no outputs of models differ in score', () => {
      const pairs = preferencePairs([
        gold('a'),
        gold('b'),
        candidate('a', 'poor', [0.1]),
        candidate('b', 'poor', [0.1]),
      ]);
      expect(answers(pairs)).toEqual([
        ['gold', 'poor', true],
        ['gold', 'poor', true],
      ]);
    });
  });

  it('never pairs stale candidates with fresh ones, and gives their pairs a quarter of the weight', () => {
    const pairs = preferencePairs([
      candidate('a', 'one', [0.2]),
      candidate('a', 'two', [0.6]),
      candidate('a', 'one', [0.9], { stale: true }),
      candidate('a', 'two', [0.5], { stale: true }),
    ]);
    expect(pairs.map(({ preferred, weight, stale }) => [preferred.answer, weight, stale])).toEqual([
      ['two', expect.closeTo(1 / 3), false],
      ['one', expect.closeTo(1 / 12), true],
    ]);
  });

  it('never pairs different inputs of one example, or different examples', () => {
    const changed = candidate('a', 'two', [1], { inputs: { question: 'rewritten' } });
    expect(preferencePairs([candidate('a', 'one', [0]), changed, candidate('b', 'three', [0.5])])).toEqual([]);
  });

  it('scores a failed candidate at its floor like any other', () => {
    const pairs = preferencePairs([candidate('a', '', [0], { failure: 'no parse' }), candidate('a', 'good', [0.7])]);
    expect(pairs[0]).toMatchObject({ preferred: { answer: 'good' }, rejected: { answer: '' } });
    expect(pairs[0]?.gap).toBeCloseTo(0.7);
  });

  it('gives no pairs where all candidates tie', () => {
    expect(preferencePairs([candidate('a', 'one', [0]), candidate('a', 'two', [0])])).toEqual([]);
    expect(preferencePairs([])).toEqual([]);
  });

  it('gives finite, equal weights for one-rollout binary metrics', () => {
    const pairs = preferencePairs(['a', 'b'].flatMap((id) => [candidate(id, 'x', [1]), candidate(id, 'y', [0])]));
    expect(pairs.map((pair) => pair.weight)).toEqual([1 / 3, 1 / 3]);
  });

  it('weighs a pair by how sure its order is', () => {
    const pairs = preferencePairs([
      candidate('sure', 'one', [0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]),
      candidate('sure', 'two', [0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]),
      candidate('unsure', 'one', [0.6]),
      candidate('unsure', 'two', [0.2, 0.6]),
    ]);
    // The pooled variance is 0.08 / 15: of a gap of 0.2 from eight rollouts each, and from one and two.
    expect(pairs.map(({ exampleId, gap, weight }) => [exampleId, gap, weight])).toEqual([
      ['sure', expect.closeTo(0.2), expect.closeTo(1 / 3, 5)],
      ['unsure', expect.closeTo(0.2), expect.closeTo(0.974653 / 3, 5)],
    ]);
  });

  it('leaves weights as they are where what is downstream answers alike each time', () => {
    const of = (rollouts: number) =>
      preferencePairs([
        candidate('a', 'one', new Array<number>(rollouts).fill(0.9)),
        candidate('a', 'two', new Array<number>(rollouts).fill(0.7)),
        // Neither does rounding make a pair of it: three times 0.7 over three is not 0.7.
        candidate('a', 'three', [0.7]),
      ]);
    expect(of(1)).toHaveLength(2);
    expect(of(1).map(({ weight }) => weight)).toEqual([1 / 3, 1 / 3]);
    expect(of(1)).toEqual(of(3));
  });

  it('says how old a pair is, and under which incumbent its input was reached', () => {
    const pairs = preferencePairs([
      candidate('a', 'one', [0.9], { iteration: 1, configurationHash: 'tried' }),
      candidate('a', 'two', [0.5], { iteration: 0, configurationHash: 'before', origin: 'base' }),
      candidate('a', 'two', [0.5], { iteration: 4, configurationHash: 'incumbent', origin: 'base' }),
      candidate('a', 'three', [0.1], { iteration: 2, configurationHash: 'tried' }),
    ]);
    expect(
      pairs.map(({ preferred, rejected, iteration, configurationHash }) => [
        `${String(preferred.answer)}>${String(rejected.answer)}`,
        iteration,
        configurationHash,
      ]),
    ).toEqual([
      ['one>three', 2, 'incumbent'],
      ['one>two', 4, 'incumbent'],
      ['two>three', 4, 'incumbent'],
    ]);
  });

  it('bounds what one input weighs', () => {
    const many = Array.from({ length: 12 }, (_, index) => candidate('a', `answer ${index}`, [index / 12]));
    const pairs = preferencePairs([...many, candidate('b', 'x', [0.5]), candidate('b', 'y', [0.2])]);
    const total = pairs.filter((pair) => pair.exampleId === 'a').reduce((sum, pair) => sum + pair.weight, 0);
    expect(total).toBeCloseTo(1);
    expect(Math.max(...pairs.map((pair) => pair.weight))).toBeLessThanOrEqual(1);
  });

  it('does not depend on the order of candidates and rollouts', () => {
    const candidates = Array.from({ length: 9 }, (_, index) =>
      candidate(`e${index % 3}`, `answer ${index}`, [0.1 * index, 0.7, 0.3 + 0.01 * index]),
    );
    const turned = [...candidates].reverse().map((item) => ({ ...item, scores: [...item.scores].reverse() }));
    expect(preferencePairs(turned)).toEqual(preferencePairs(candidates));
  });

  it.each([[[NaN]], [[Infinity]], [[0.5, -Infinity]], [[]]])(
    'refuses the scores %p and names the candidate',
    (scores) => {
      expect(() => preferencePairs([candidate('e7', 'one', [1]), candidate('e7', 'two', scores)])).toThrow(
        /component 'answerer' on example 'e7' \(configuration c0\).*score/,
      );
    },
  );

  it('refuses candidates of several components', () => {
    expect(() => preferencePairs([candidate('a', 'x', [1]), candidate('a', 'y', [0], { component: 'b' })])).toThrow(
      TypeError,
    );
  });
});
