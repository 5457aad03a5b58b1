import { randomStream } from '../random/stream';
import { chooseComponent, schedules, type Schedule, type ScheduledComponent } from './component-schedule';

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

  it('takes an unknown gain to be the mean of the known ones', () => {
    const { probabilities } = choose(
      [component('unknown'), component('a', { expectedGain: 0.1 }), component('b', { expectedGain: 0.3 })],
      'softmax',
    );
    expect(probabilities['unknown']).toBeGreaterThan(probabilities['a'] ?? 1);
    expect(probabilities['unknown']).toBeLessThan(probabilities['b'] ?? 0);
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
