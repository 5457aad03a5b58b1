import { randomStream } from '../random/stream';
import {
  chooseComponent,
  schedules,
  settledAfter,
  type Schedule,
  type ScheduledComponent,
  type ScheduledPair,
} from './component-schedule';

const component = (name: string, rest: Partial<ScheduledComponent> = {}): ScheduledComponent => ({
  name,
  costPerTry: 1,
  tries: 3,
  ...rest,
});
const choose = (components: ScheduledComponent[], schedule?: Schedule, iteration = 9) =>
  chooseComponent({ ...(schedule && { schedule }), components, iteration, stream: randomStream(1, iteration) });

describe('chooseComponent', () => {
  it.each(schedules)(
    '%s: tries every component before any a second time while nothing is accepted, and covers all of them',
    (schedule) => {
      const state = new Map(
        ['a', 'b', 'c', 'd'].map((name) => [name, component(name, { tries: 0, expectedGain: name === 'a' ? 1 : 0 })]),
      );
      for (let iteration = 0; iteration < 40; iteration++) {
        const { component: name } = choose([...state.values()], schedule, iteration);
        const item = state.get(name)!;
        const untried = [...state.values()].some((other) => other.tries === 0);
        expect(item.tries).toBeLessThan(untried ? 1 : Infinity);
        state.set(name, { ...item, tries: item.tries + 1, lastTried: iteration, lastAccepted: item.lastAccepted });
      }
      expect(Math.min(...[...state.values()].map((item) => item.tries))).toBeGreaterThan(1);
    },
  );

  it('cheapest-first: tries each once by cost, of equals the one listed first, whatever the gains; then by gain per cost', () => {
    const costs = { writer: 3, retriever: 2, answerer: 2 };
    const gains = { writer: 0.1, retriever: 0, answerer: 5 };
    const names = ['writer', 'retriever', 'answerer'] as const;
    const state = names.map((name) =>
      component(name, { tries: 0, expectedGain: gains[name], costPerTry: costs[name] }),
    );
    const tried: string[] = [];
    for (let iteration = 0; iteration < 3; iteration++) {
      const choice = choose(state, 'cheapest-first', iteration);
      expect(choice.probabilities[choice.component]).toBe(1);
      tried.push(choice.component);
      Object.assign(
        state.find(({ name }) => name === choice.component)!,
        {
          tries: 1,
          lastTried: iteration,
          lastAccepted: iteration,
        },
      );
    }
    expect(tried).toEqual(['retriever', 'answerer', 'writer']);
    const { component: chosen, probabilities } = choose(state, 'gain-per-cost', 3);
    expect(choose(state, 'cheapest-first', 3)).toMatchObject({ component: chosen, probabilities });
  });

  it('cheapest-first: tries again what was rejected before another was accepted, before a dearer one', () => {
    const rejected = component('retriever', { tries: 1, lastTried: 0, costPerTry: 1 });
    const accepted = component('answerer', { tries: 1, lastTried: 1, lastAccepted: 1, costPerTry: 2 });
    const untried = component('writer', { tries: 0, costPerTry: 3 });
    const again = choose([untried, rejected, accepted], 'cheapest-first', 2);
    expect(again).toMatchObject({ component: 'retriever', probabilities: { retriever: 1 } });
    expect(again.reason).toContain("rejected before another's update was accepted");
    // Rejected since, accepted, or in a system that is still the same: not again.
    const others: Partial<ScheduledComponent>[] = [{ lastTried: 2 }, { lastAccepted: 0 }];
    for (const rest of others) {
      expect(choose([untried, { ...rejected, ...rest }, accepted], 'cheapest-first', 3).component).toBe('writer');
    }
    const unchanged = { ...accepted, lastAccepted: null };
    expect(choose([untried, rejected, unchanged], 'cheapest-first', 2).component).toBe('writer');
    expect(choose([untried, rejected, accepted], 'gain-per-cost', 2).component).toBe('writer');
  });

  it('cheapest-first: tries several that are outdated by cost, each once per accepted update, then the untried one', () => {
    const tried = (name: string, lastTried: number, rest: Partial<ScheduledComponent> = {}) =>
      component(name, { tries: 1, lastTried, costPerTry: 1, ...rest });
    const state = [
      tried('dearer', 0, { costPerTry: 2 }),
      tried('first', 0),
      tried('second', 1),
      tried('accepted', 2, { lastAccepted: 2, costPerTry: 3 }),
      component('untried', { tries: 0, costPerTry: 4 }),
    ];
    const chosen = [3, 4, 5, 6].map((iteration) => {
      const { component: name } = choose(state, 'cheapest-first', iteration);
      Object.assign(
        state.find((item) => item.name === name)!,
        { tries: 1, lastTried: iteration },
      );
      return name;
    });
    expect(chosen).toEqual(['first', 'second', 'dearer', 'untried']);
  });

  it('rests a component that was just rejected, not one that was just accepted', () => {
    const rejected = component('a', { lastTried: 8, lastAccepted: 2, expectedGain: 100 });
    const other = component('b', { lastTried: 7, expectedGain: 0.1 });
    expect(choose([rejected, other])).toMatchObject({ component: 'b', probabilities: { a: 0, b: 1 } });
    expect(choose([rejected, other]).reason).toContain('resting after a rejection: a');
    expect(choose([{ ...rejected, lastAccepted: 8 }, other]).probabilities['a']).toBeGreaterThan(0.8);
    expect(choose([rejected, other], undefined, 10).probabilities['a']).toBeGreaterThan(0.8);
    expect(choose([rejected]).component).toBe('a');
  });

  it('prefers expected gain per cost, and still explores', () => {
    const { probabilities } = choose([
      component('cheap', { expectedGain: 0.1, costPerTry: 1 }),
      component('dear', { expectedGain: 0.2, costPerTry: 10 }),
      component('flat', { expectedGain: -0.1 }),
    ]);
    expect(probabilities['cheap']).toBeCloseTo(0.8 + 0.2 / 3);
    expect(probabilities['dear']).toBeCloseTo(0.2 / 3);
    expect(probabilities['flat']).toBeCloseTo(0.2 / 3);
  });

  it.each([1, 100])('softmax: has the mean gain as its temperature, whatever the unit of the score (x %i)', (unit) => {
    const { probabilities } = choose(
      [component('a', { expectedGain: 0.1 * unit }), component('b', { expectedGain: 0.3 * unit })],
      'softmax',
    );
    expect(probabilities['a']).toBeCloseTo((0.8 * Math.exp(-1)) / (1 + Math.exp(-1)) + 0.1, 12);
    expect(probabilities['b']).toBeCloseTo(0.8 / (1 + Math.exp(-1)) + 0.1, 12);
  });

  it('takes an unknown gain to be the mean of the known ones', () => {
    const { probabilities } = choose(
      [component('unknown'), component('a', { expectedGain: 0.1 }), component('b', { expectedGain: 0.3 })],
      'softmax',
    );
    expect(probabilities['unknown']).toBeGreaterThan(probabilities['a'] ?? 1);
    expect(probabilities['unknown']).toBeLessThan(probabilities['b'] ?? 0);
  });

  it('lets rejections lower a gain that is unknown, so that the cheapest gives way and all get their turns', () => {
    const rejected = (name: string, costPerTry: number, rejections: number) =>
      component(name, { costPerTry, rejections, lastTried: 0 });
    expect(choose([rejected('cheap', 1, 1), rejected('dear', 4, 1)]).probabilities['cheap']).toBeCloseTo(0.9);
    expect(choose([rejected('cheap', 1, 4), rejected('dear', 4, 1)]).probabilities['dear']).toBeCloseTo(0.9);

    const state = [rejected('cheap', 1, 1), rejected('dear', 4, 1), rejected('dearest', 16, 1)];
    const favoured: Record<string, number> = {};
    for (let iteration = 10; iteration < 70; iteration++) {
      const { component: name, probabilities } = choose(state, 'gain-per-cost', iteration);
      const item = state.find((other) => other.name === name)!;
      const [best] = Object.keys(probabilities).toSorted((a, b) => probabilities[b]! - probabilities[a]!);
      favoured[best!] = (favoured[best!] ?? 0) + 1;
      Object.assign(item, { lastTried: iteration, rejections: item.rejections! + 1 });
    }
    // Not by exploration: each is what the gains favour.
    expect(Math.min(...state.map(({ name }) => favoured[name] ?? 0))).toBeGreaterThanOrEqual(10);
  });

  it('does not lower an unknown gain by the rejections of what is known', () => {
    const known = component('known', { expectedGain: 0.1 / 2 ** 3, rejections: 3 });
    expect(choose([known, component('unknown', { rejections: 2 })]).probabilities['unknown']).toBeCloseTo(0.9);
    expect(choose([known, component('unknown', { rejections: 4 })]).probabilities['unknown']).toBeCloseTo(0.1);
  });

  it.each(schedules)('%s: gives probabilities that sum to 1 in degenerate cases', (schedule) => {
    for (const rest of [{}, { expectedGain: 0 }, { expectedGain: -1 }, { costPerTry: 0 }, { expectedGain: 1e9 }]) {
      const { probabilities } = choose([component('a', rest), component('b', rest)], schedule);
      expect(probabilities['a']).toBeCloseTo(0.5);
      expect(probabilities['b']).toBeCloseTo(0.5);
    }
  });

  it('draws with the stated probabilities, whatever the order of components', () => {
    const components = [component('a', { expectedGain: 0.3 }), component('b', { expectedGain: 0.1 })];
    let first = 0;
    for (let iteration = 20; iteration < 1_020; iteration++) {
      const chosen = choose(components, 'gain-per-cost', iteration);
      expect(choose([...components].reverse(), 'gain-per-cost', iteration)).toEqual(chosen);
      if (chosen.component === 'a') first++;
    }
    expect(Math.abs(first / 1_000 - 0.9)).toBeLessThan(0.03);
  });

  it('refuses what it cannot choose from', () => {
    expect(() => choose([])).toThrow('no component has anything to tune');
    expect(() => choose([component('a', { expectedGain: Number.NaN })])).toThrow("'a': expectedGain is NaN");
  });
});

describe('chooseComponent with pairs', () => {
  const pair = (component: string, partner: string, rest: Partial<ScheduledPair> = {}): ScheduledPair => ({
    ...{ component, partner, costPerTry: 1 },
    ...rest,
  });
  const chooseMove = (
    components: ScheduledComponent[],
    pairs: ScheduledPair[],
    rest: { schedule?: Schedule; iteration?: number; rejectedInARow?: number; settledAfter?: number } = {},
  ) => {
    const { iteration = 9, rejectedInARow = 2 } = rest;
    return chooseComponent({
      ...rest,
      components,
      pairs,
      iteration,
      rejectedInARow,
      stream: randomStream(1, iteration),
    });
  };
  const rejected = (name: string, lastTried = 6) => component(name, { expectedGain: 0.1, lastTried });
  const [a, b] = [rejected('a'), rejected('b')];
  const both = pair('a', 'b', { expectedGain: 0.4 });

  it.each(schedules)('%s: tries pairs only where single steps stall', (schedule) => {
    const chance = (components: ScheduledComponent[], rejectedInARow: number) =>
      chooseMove(components, [both], { schedule, rejectedInARow }).probabilities['a with b'];
    expect(chance([a, b], 1)).toBeGreaterThan(0.3);
    expect(chance([a, b], 0)).toBe(0); // The latest was accepted.
    expect(chance([a, { ...b, tries: 0 }], 1)).toBe(0); // One was never tried.
  });

  it('tries pairs of what was rejected alone, not of what was just accepted or never rejected', () => {
    const accepted = component('c', { expectedGain: 0.1, lastTried: 7, lastAccepted: 7 });
    const { probabilities } = chooseMove([a, b, accepted], [both, pair('a', 'c', { expectedGain: 5 })], {
      rejectedInARow: 1,
    });
    expect(probabilities['a with b']).toBeGreaterThan(0.8);
    expect(probabilities['a with c']).toBe(0);
  });

  it('cheapest-first: tries no pair while a component waits for its second try', () => {
    const outdated = component('a', { tries: 1, lastTried: 0, expectedGain: 0 });
    const accepted = component('b', { tries: 1, lastTried: 1, lastAccepted: 1 });
    const again = chooseMove([outdated, accepted], [both], {
      schedule: 'cheapest-first',
      iteration: 4,
      rejectedInARow: 2,
    });
    expect(again).toMatchObject({ component: 'a', probabilities: { a: 1 } });
    expect(again).not.toHaveProperty('partner');
  });

  it('weighs pairs by expected gain per cost, beside the components', () => {
    const dear = pair('a', 'b', { expectedGain: 0.4, costPerTry: 8 });
    expect(chooseMove([a, b], [both]).probabilities['a with b']).toBeCloseTo(0.8 + 0.2 / 3);
    expect(chooseMove([a, b], [dear]).probabilities['a with b']).toBeCloseTo(0.2 / 3);
    expect(chooseMove([a, b], [dear], { schedule: 'uniform' }).probabilities['a with b']).toBeCloseTo(1 / 3);
    const chosen = [9, 10, 11, 12]
      .map((iteration) => chooseMove([a, b], [both], { iteration }))
      .find(({ partner }) => partner !== undefined)!;
    expect(chosen).toMatchObject({ component: 'a', partner: 'b' });
    expect(chosen.reason).toContain('single steps stall: pairs are tried beside them');
  });

  it('rests a pair that was just rejected, not its components, and the other way round', () => {
    const rejectedPair = chooseMove([a, b], [{ ...both, lastTried: 8 }]);
    expect(rejectedPair.probabilities).toEqual({ a: 0.5, b: 0.5, 'a with b': 0 });
    expect(rejectedPair.reason).toContain('resting after a rejection: a with b');
    expect(chooseMove([a, b], [{ ...both, lastTried: 7 }]).probabilities['a with b']).toBeGreaterThan(0.8);
    const rejectedComponent = chooseMove([{ ...a, lastTried: 8 }, b], [both]);
    expect(rejectedComponent.probabilities['a']).toBe(0);
    expect(rejectedComponent.probabilities['a with b']).toBeGreaterThan(0.8);
  });

  it('gives every pair that was not tried since the last acceptance its turn before the run has converged', () => {
    for (const schedule of schedules) {
      for (const patience of [1, 2]) {
        // From an acceptance on, everything is rejected; no estimate favours a pair.
        const components = ['a', 'b', 'c'].map((name) =>
          component(name, { tries: 1, lastTried: 3, lastAccepted: name === 'c' ? 3 : null, expectedGain: 1 }),
        );
        const pairs = [pair('a', 'b'), pair('a', 'c', { lastTried: 1 }), pair('b', 'c')].map((item) => ({
          ...{ ...item, expectedGain: 0, costPerTry: 100 },
        }));
        const end = settledAfter(patience, components.length, pairs.length);
        for (let rejectedInARow = 0; rejectedInARow < end; rejectedInARow++) {
          const iteration = 4 + rejectedInARow;
          const { component: name, partner } = chooseMove(components, pairs, {
            ...{ schedule, iteration, rejectedInARow },
            settledAfter: end,
          });
          const arm =
            partner === undefined
              ? components.find((item) => item.name === name)!
              : pairs.find((item) => item.component === name && item.partner === partner)!;
          arm.lastTried = iteration;
        }
        expect(Math.min(...pairs.map(({ lastTried }) => lastTried ?? -1))).toBeGreaterThanOrEqual(4);
      }
    }
  });

  it('refuses a cost of a pair that is not a number', () => {
    expect(() => chooseMove([a, b], [{ ...both, costPerTry: Infinity }])).toThrow("'a with b': costPerTry is Infinity");
  });
});
