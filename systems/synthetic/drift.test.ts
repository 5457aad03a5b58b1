import { driftCandidates, drifts, type ValuedCandidate } from './drift';

const options = {
  seed: 1,
  surroundings: drifts.upstream.before,
  iteration: 2,
  split: 'train',
  inputs: 80,
  candidates: 3,
  rollouts: 2,
  noise: 0.1,
} as const;
const isLoose = ({ inputs }: ValuedCandidate): boolean => String(inputs['request']).includes('loose');

describe('driftCandidates', () => {
  it('gives so many candidates of so many inputs, the first of each the incumbent’s', () => {
    const candidates = driftCandidates(options);
    expect(candidates).toHaveLength(240);
    expect(new Set(candidates.map(({ exampleId }) => exampleId)).size).toBe(80);
    expect(candidates.filter(({ origin }) => origin === 'base')).toHaveLength(80);
    expect(candidates.every(({ iteration, scores }) => iteration === 2 && scores.length === 2)).toBe(true);
    expect(new Set(candidates.map(({ outputs }) => String(outputs['text']))).size).toBeGreaterThan(120);
  });

  it('has rollouts that are values with noise of the deviation that was asked for', () => {
    const errors = driftCandidates(options).flatMap(({ scores, value }) => scores.map((score) => score - value));
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(deviation).toBeCloseTo(0.1, 1);
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(0.02);
    for (const { scores, value } of driftCandidates({ ...options, noise: 0 })) expect(scores).toEqual([value, value]);
  });

  it('is the same for the same options, and has inputs of its own in each iteration', () => {
    expect(driftCandidates(options)).toEqual(driftCandidates(options));
    const [one, other] = [2, 3].map((iteration) => driftCandidates({ ...options, iteration }));
    const known = new Set(one?.map(({ exampleId }) => exampleId));
    expect(other?.filter(({ exampleId }) => known.has(exampleId))).toEqual([]);
  });

  it('changes how often texts are to be loose upstream, and what they are worth downstream', () => {
    const share = (name: 'before' | 'after'): number => {
      const candidates = driftCandidates({ ...options, surroundings: drifts.upstream[name] });
      return candidates.filter(isLoose).length / candidates.length;
    };
    expect(share('before')).toBeLessThan(0.25);
    expect(share('after')).toBeGreaterThan(0.75);
    const values = (name: 'before' | 'after') =>
      driftCandidates({ ...options, surroundings: drifts.downstream[name] }).map(({ outputs, value }) => ({
        outputs,
        value,
      }));
    const [before, after] = [values('before'), values('after')];
    expect(after.map(({ outputs }) => outputs)).toEqual(before.map(({ outputs }) => outputs));
    const moved = after.filter(({ value }, index) => Math.abs(value - (before[index]?.value as number)) > 0.05);
    expect(moved.length).toBeGreaterThan(before.length / 4);
  });
});
