import { randomStream } from '../random/stream';
import type { Json } from '../system/json';
import { integer, oneOf, prompt, range, type Variables } from '../system/variable';
import { faultOf } from '../system/configuration';
import { hyperparameterProposals, type SettingsObservation } from './hyperparameter-proposals';
import { proposalHash, type Incumbent } from './proposal';

const small: Incumbent = {
  variables: { k: oneOf([1, 5, 10, 25]), blend: range(0, 1), prompt: prompt('Do it.') },
  settings: { k: 1, blend: 0.5, prompt: { instructions: 'Do it.', demonstrations: [] } },
};
const large: Incumbent = {
  variables: { a: range(0, 1), b: range(0.001, 10, { scale: 'log' }), c: integer(1, 100), d: oneOf(['x', 'y', 'z']) },
  settings: { a: 0.5, b: 0.1, c: 50, d: 'x' },
};
const stream = () => randomStream(5, 'hyperparameters');

describe('hyperparameterProposals', () => {
  it('is the whole grid, jointly, without the incumbent, when small', () => {
    const proposals = hyperparameterProposals({ incumbent: small, stream: stream() });
    expect(proposals).toHaveLength(4 * 5 - 1);
    expect(new Set(proposals.map(proposalHash)).size).toBe(19);
    expect(proposals.every((item) => item.origin === 'grid')).toBe(true);
    expect(proposals.some((item) => item.changed.length === 2)).toBe(true);
    expect(proposals.every((item) => item.settings['prompt'] === small.settings['prompt'])).toBe(true);
    expect(proposals.some((item) => item.note === 'k = 25, blend = 0')).toBe(true);
  });

  it('takes what was not observed first while too little was observed for a model', () => {
    const all = hyperparameterProposals({ incumbent: small, stream: stream() });
    // Of k there are 3 other values, of blend 4.
    expect(all.map((item) => item.changed.length)).toEqual([...Array<number>(7).fill(1), ...Array<number>(12).fill(2)]);
    const observations = all.slice(0, 7).map((item) => ({ settings: item.settings, value: 0 }));
    const observed = new Set(observations.map(proposalHash));
    const next = hyperparameterProposals({ incumbent: small, observations, count: 3, stream: stream() });
    expect(next.map((item) => observed.has(proposalHash(item)))).toEqual([
      ...Array<boolean>(12).fill(false),
      ...Array<boolean>(7).fill(true), // All of the grid, whatever the count.
    ]);
  });

  it('takes of a grid what the observations promise most, half of it near the incumbent, and leaves nothing out', () => {
    const incumbent = { ...small, variables: { ...small.variables, blend: oneOf([0, 0.25, 0.5, 0.75, 1]) } };
    const all = hyperparameterProposals({ incumbent, stream: stream() });
    const observations = all.slice(0, 12).map(({ settings }) => ({ settings, value: settings['k'] === 25 ? 1 : 0 }));
    const next = hyperparameterProposals({ incumbent, observations, stream: stream() });
    expect(new Set(next.map(proposalHash))).toEqual(new Set(all.map(proposalHash)));
    expect(next.slice(0, 2).map((item) => item.settings['k'])).toEqual([25, 25]);
    for (const index of [1, 2, 5, 6]) expect(next[index]?.changed).toHaveLength(1);
  });

  it.each<[string, Incumbent['variables'], (settings: Record<string, Json>) => number]>([
    ['a range', { rate: range(0, 1, { initial: 1 }) }, ({ rate }) => (rate as number) - 0.37],
    ['many whole numbers', { n: integer(1, 1_000, { initial: 1 }) }, ({ n }) => ((n as number) - 370) / 1_000],
  ])(
    'begins with the grid of %s, and then comes nearer to what is best than any of its points',
    (_, variables, off) => {
      const incumbent: Incumbent = {
        variables,
        settings: Object.fromEntries(Object.entries(variables).map(([name, { initial }]) => [name, initial as Json])),
      };
      const valueOf = (settings: Record<string, Json>) => -Math.abs(off(settings));
      // As a run knows them: each setting once.
      const observed = new Map<string, SettingsObservation>();
      const proposed = (seed: number) =>
        hyperparameterProposals({ incumbent, observations: [...observed.values()], stream: randomStream(5, seed) });
      const grid = proposed(0).length;
      while (observed.size < grid) {
        const next = proposed(observed.size).slice(0, 3);
        expect(next.every(({ origin }) => origin === 'grid')).toBe(true);
        for (const { settings } of next)
          observed.set(proposalHash({ settings }), { settings, value: valueOf(settings) });
      }
      expect(
        proposed(0)
          .slice(0, 4)
          .map(({ origin }) => origin),
      ).toEqual(['grid', 'grid', 'grid', 'tpe']);
      for (let iteration = 1; iteration < 7; iteration++) {
        for (const { settings } of proposed(iteration).slice(0, 8)) {
          observed.set(proposalHash({ settings }), { settings, value: valueOf(settings) });
        }
      }
      // The nearest points of the grids are 0.12 and 0.06 away.
      expect(Math.max(...[...observed.values()].map(({ value }) => value))).toBeGreaterThan(-0.03);
    },
  );

  it('names in its note what it changes, not what does not matter then', () => {
    const variables = {
      k: oneOf([1, 2]),
      mode: oneOf(['bm25', 'dense', 'hybrid'], { initial: 'dense' }),
      blend: range(0, 1, { initial: 0.5, when: { mode: 'hybrid' } }),
    };
    const incumbent: Incumbent = { variables, settings: { k: 1, mode: 'dense', blend: 0.5 } };
    const proposals = hyperparameterProposals({ incumbent, stream: stream() });
    const names = ({ note = '' }: { note?: string }) => note.split(', ').map((part) => part.split(' = ', 1)[0]);
    expect(proposals.map(names)).toEqual(proposals.map(({ changed }) => changed.map(({ variable }) => variable)));
    expect(proposals.map(({ note }) => note)).toEqual(
      expect.arrayContaining(['mode = "bm25"', 'k = 2', 'k = 2, mode = "hybrid"', 'mode = "hybrid", blend = 0.25']),
    );
  });

  it('does not take other settings at one point for a grid that was observed', () => {
    const variables = { rate: range(0, 1), prompt: prompt('Do it.') };
    const settings = (instructions: string) => ({ rate: 0.5, prompt: { instructions, demonstrations: [] } });
    const observations = Array.from({ length: 20 }, (_, index) => ({ settings: settings(`${index}`), value: 0 }));
    const incumbent: Incumbent = { variables, settings: settings('Do it.') };
    const origins = hyperparameterProposals({ incumbent, observations, stream: stream() }).map(({ origin }) => origin);
    expect(origins).toEqual(['grid', 'grid', 'grid', 'grid']);
  });

  it('models large spaces: distinct new settings in the space, repeatable', () => {
    const observations: SettingsObservation[] = Array.from({ length: 20 }, (_, index) => ({
      settings: { a: index / 20, b: 0.1, c: 1 + index, d: 'y' },
      value: -Math.abs(index / 20 - 0.8),
    }));
    const proposals = hyperparameterProposals({ incumbent: large, observations, count: 20, stream: stream() });
    expect(proposals).toHaveLength(20);
    expect(proposals).toEqual(hyperparameterProposals({ incumbent: large, observations, count: 20, stream: stream() }));
    expect(new Set(proposals.map(proposalHash)).size).toBe(20);
    for (const { settings, origin } of proposals) {
      expect(origin).toBe('tpe');
      for (const [name, variable] of Object.entries(large.variables)) {
        expect(faultOf(variable, settings[name])).toBeUndefined();
      }
    }
    const nearBest = proposals.filter((item) => Math.abs((item.settings['a'] as number) - 0.8) < 0.2).length;
    expect(nearBest).toBeGreaterThan(8);
  });

  it.each([
    ['a grid', { depth: oneOf([1, 2, 3], { when: { mode: 'deep' } }), mode: oneOf(['flat', 'deep']) }],
    [
      'a model',
      {
        depth: range(1, 1_000, { scale: 'log', when: { mode: 'deep' } }),
        mode: oneOf(['flat', 'deep']),
        rate: range(0, 1),
        width: range(0, 1),
      },
    ],
  ] as [string, Variables][])('takes no notice of values that did not matter: %s', (_, variables) => {
    const initial = Object.fromEntries(
      Object.entries(variables).map(([name, { initial: value }]) => [name, value as Json]),
    );
    const incumbent: Incumbent = { variables, settings: initial };
    // Flat points do well, and what their depth is left at says nothing.
    const observed = (stale: number): SettingsObservation[] =>
      Array.from({ length: 30 }, (_entry, index) => ({
        settings: {
          ...initial,
          mode: index % 2 === 0 ? 'flat' : 'deep',
          depth: index % 2 === 0 ? stale : 1 + (index % 3),
          rate: index / 30,
        },
        value: index % 2 === 0 ? 1 : index / 60,
      }));
    const proposals = (stale: number) =>
      hyperparameterProposals({ incumbent, observations: observed(stale), count: 12, stream: stream() });
    expect(proposals(1)).toEqual(proposals(3));
    expect(proposals(1).length).toBeGreaterThan(1);
    for (const { settings, changed, note } of proposals(1)) {
      if (settings['mode'] === 'deep') continue;
      expect(settings['depth']).toBe(initial['depth']);
      expect(changed.map(({ variable }) => variable)).not.toContain('depth');
      expect(note).not.toContain('depth');
    }
  });

  it('has nothing to propose for a space with one value or no hyperparameter', () => {
    const one: Incumbent = { variables: { k: oneOf([1]), r: range(2, 2) }, settings: { k: 1, r: 2 } };
    expect(hyperparameterProposals({ incumbent: one, stream: stream() })).toEqual([]);
    const none: Incumbent = { variables: { prompt: prompt('x') }, settings: {} };
    expect(hyperparameterProposals({ incumbent: none, stream: stream() })).toEqual([]);
  });

  it('ends where a large space has fewer new settings than asked for', () => {
    const tiny: Incumbent = {
      variables: Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, oneOf([0, 1])])),
      settings: { a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0 },
    };
    const proposals = hyperparameterProposals({ incumbent: tiny, count: 150, stream: stream() });
    expect(proposals).toHaveLength(127);
  });
});
