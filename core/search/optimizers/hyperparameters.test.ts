import { randomStream } from '../../random/stream';
import { configurationHash } from '../../system/configuration';
import { model, oneOf, range } from '../../system/variable';
import type { OptimizerContext } from '../component-optimizer';
import { proposalHash, propose, type Proposal } from '../proposal';
import { hyperparameters } from './hyperparameters';

const incumbent = {
  variables: { a: oneOf([0, 1, 2, 3]), b: oneOf([0, 1, 2, 3]) },
  settings: { a: 0, b: 0 },
};
const proposals = async (past: OptimizerContext['past']): Promise<readonly Proposal[]> =>
  hyperparameters.propose({
    ...({ incumbent, observations: [], past, count: 4, stream: randomStream(1) } as unknown as OptimizerContext),
  });
const tried = (values: { a: number; b: number }, gain: number) => ({
  ...{
    iteration: 0,
    incumbent: incumbent.settings,
    expectedGain: gain,
    measuredGain: null,
    finalist: false,
    accepted: false,
  },
  proposal: propose(incumbent, values, { origin: 'grid' }) as Proposal,
});

describe('hyperparameters', () => {
  it('tries what earlier iterations did not try first', async () => {
    const past = [1, 2, 3].map((a) => tried({ a, b: 0 }, -0.1));
    const hashes = (await proposals(past)).map(proposalHash);
    expect(hashes).toHaveLength(15);
    expect(hashes.slice(-3).sort()).toEqual(past.map(({ proposal }) => configurationHash(proposal.settings)).sort());
    expect((await proposals([])).map(proposalHash).slice(-3).sort()).not.toEqual(hashes.slice(-3).sort());
  });

  it('models what became of the tries', async () => {
    const past = [0, 1, 2, 3].flatMap((a) => [1, 2, 3].map((b) => tried({ a, b }, b === 3 ? 0.2 : -0.2)));
    const [best] = await proposals(past);
    expect(best?.settings['b']).toBe(3);
  });

  it('learns nothing from settings that differ in anything else', async () => {
    const variables = { a: range(0, 1), b: range(0, 1), style: model(['small', 'large']) };
    const mixed = { variables, settings: { a: 0.1, b: 0.1, style: 'small' } };
    const settings = (a: number, b: number, style = 'small') => ({ a, b, style });
    const points = [0.3, 0.5, 0.7, 0.9].flatMap((a) => [0.3, 0.6, 0.9].map((b) => [a, b] as const));
    const own = points.map(([a, b]) => ({ settings: settings(a, b), value: a === 0.9 ? 0.1 : -0.05 }));
    const others = points.map(() => ({ settings: settings(0.1, 0.1, 'large'), value: 0.4 }));
    const [without, beside] = [own, [...own, ...others]].map((observations) => {
      const made = hyperparameters.propose({
        ...({ incumbent: mixed, observations, past: [], count: 16 } as unknown as OptimizerContext),
        stream: randomStream(2),
      }) as readonly Proposal[];
      return made.map((item) => item.settings['a']);
    });
    expect(without?.length).toBeGreaterThan(0);
    expect(beside).toEqual(without);
  });

  it('fills as many slots of a large space as it has, and offers spares where it has few', async () => {
    const large = { variables: { a: range(0, 1), b: range(0, 1), c: range(0, 1) }, settings: { a: 0, b: 0, c: 0 } };
    const made = (count: number) =>
      hyperparameters.propose({
        ...({ incumbent: large, observations: [], past: [], stream: randomStream(1) } as unknown as OptimizerContext),
        count,
      });
    const hashes = async (count: number) => new Set((await made(count)).map(proposalHash)).size;
    expect([await hashes(24), await hashes(4)]).toEqual([24, 16]);
  });
});
