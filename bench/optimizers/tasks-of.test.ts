import type { RunRecord } from './measure-run';
import { tasksOf } from './tasks-of';
import type { VariantName } from './variant';

const record = (seed: number, variant: VariantName): RunRecord => ({
  ...{ system: 'chain-32', seed, variant, left: 0, accepted: 0, falselyAccepted: 0, certificate: null },
  ...{ curve: [[100, 0, 0, 100, 100]], costs: {}, alignment: null, seconds: 1 },
});
const plan = { seeds: 2, others: 1, systems: ['chain-32', 'chain'], known: [] };

it('measures finite systems with the seeds of the targets, and all the rest with the others', () => {
  const tasks = tasksOf({ ...plan, variants: ['ours', 'uniform'] });
  expect(tasks.map(({ system, seed, variants }) => [system, seed, ...variants])).toEqual([
    ['chain-32', 0, 'ours', 'uniform'],
    ['chain', 0, 'ours', 'uniform'],
    ['chain-32', 1, 'ours'],
  ]);
});

it('leaves random search out where nothing says what it may spend', () => {
  expect(tasksOf({ ...plan, variants: ['random', 'no-lrf'] }).flatMap(({ variants }) => variants)).not.toContain(
    'random',
  );
  const known = [record(1, 'ours'), record(1, 'no-lrf')];
  expect(tasksOf({ ...plan, systems: ['chain-32'], variants: ['random'], known })).toEqual([
    { system: 'chain-32', seed: 1, variants: ['random'], calls: expect.any(Number) },
  ]);
  expect(tasksOf({ ...plan, systems: ['chain-32'], variants: ['ours', 'random'] })[0]?.variants).toContain('random');
});
