import type { Candidate, CandidateOrigin } from './candidate';
import { comparisonsWithIncumbent } from './comparison';

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

const base = { origin: 'base' as CandidateOrigin };

/** `example: incumbent -> candidate` and its gap. */
function gapsOf(candidates: readonly Candidate[]): [string, number][] {
  return comparisonsWithIncumbent(candidates).map(({ exampleId, incumbent, candidate: other, gap }) => [
    `${exampleId}: ${String(incumbent.answer)} -> ${String(other.answer)}`,
    gap,
  ]);
}

describe('comparisonsWithIncumbent', () => {
  it('compares every other output with the base output, equal scores included', () => {
    expect(
      gapsOf([
        candidate('a', 'old', [0.5], base),
        candidate('a', 'same', [0.5]),
        candidate('a', 'worse', [0.25]),
        candidate('a', 'better', [1]),
      ]),
    ).toEqual([
      ['a: old -> better', 0.5],
      ['a: old -> same', 0],
      ['a: old -> worse', -0.25],
    ]);
  });

  it('leaves out the ground truth, and its share of what a model gave too', () => {
    const gold = { origin: 'ground-truth' as CandidateOrigin };
    expect(
      gapsOf([
        candidate('a', 'old', [0.5], base),
        candidate('a', 'gold', [1], gold),
        candidate('a', 'found', [1], gold),
        candidate('a', 'found', [0.75]),
      ]),
    ).toEqual([['a: old -> found', 0.25]]);
  });

  it('pools the rollouts of equal outputs, those of the base output too', () => {
    expect(
      gapsOf([
        candidate('a', 'old', [0], base),
        candidate('a', 'old', [1]),
        candidate('a', 'new', [1, 1]),
        candidate('a', 'new', [0, 1], { configurationHash: 'c1' }),
      ]),
    ).toEqual([['a: old -> new', 0.25]]);
  });

  it('takes the newest of several base outputs as the incumbent', () => {
    const candidates = [
      candidate('a', 'older', [0.25], { ...base, iteration: 0 }),
      candidate('a', 'newer', [0.5], { ...base, iteration: 3, configurationHash: 'c1' }),
    ];
    for (const given of [candidates, [...candidates].reverse()]) {
      expect(gapsOf(given)).toEqual([['a: newer -> older', -0.25]]);
    }
  });

  it('keeps stale and fresh scores, and different inputs of one example, apart', () => {
    const stale = { stale: true };
    const rewritten = { inputs: { question: 'rewritten' } };
    const comparisons = comparisonsWithIncumbent([
      candidate('a', 'old', [0.5], base),
      candidate('a', 'new', [0.75]),
      candidate('a', 'old', [1], { ...base, ...stale }),
      candidate('a', 'new', [0], stale),
      candidate('a', 'old', [0], { ...base, ...rewritten }),
      candidate('a', 'new', [0.25], rewritten),
    ]);
    expect(comparisons.map(({ inputs, gap, stale: old }) => [inputs.question, gap, old])).toEqual([
      ['q-a', 0.25, false],
      ['q-a', -1, true],
      ['rewritten', 0.25, false],
    ]);
  });

  it('gives nothing where there is no base output, or no other', () => {
    expect(comparisonsWithIncumbent([candidate('a', 'one', [0]), candidate('a', 'two', [1])])).toEqual([]);
    expect(comparisonsWithIncumbent([candidate('a', 'one', [0], base), candidate('a', 'one', [1])])).toEqual([]);
    expect(comparisonsWithIncumbent([])).toEqual([]);
  });

  it('does not depend on the order of candidates and rollouts', () => {
    const candidates = Array.from({ length: 24 }, (_, index) =>
      candidate(`e${index % 3}`, `answer ${index % 8}`, [0.1 * index, 0.7, 0.3 + 0.01 * index], {
        origin: index % 5 === 0 ? 'base' : 'sampled',
        iteration: index % 2,
      }),
    );
    const turned = [...candidates].reverse().map((item) => ({ ...item, scores: [...item.scores].reverse() }));
    expect(comparisonsWithIncumbent(candidates).length).toBeGreaterThan(10);
    expect(comparisonsWithIncumbent(turned)).toEqual(comparisonsWithIncumbent(candidates));
  });
});
