import { randomStream } from '../random/stream';
import { allocateSlots, type SlotOutcome } from './slot-allocation';

const optimizers = ['opro', 'reflection', 'edits', 'models'];
const allocate = (
  outcomes: readonly SlotOutcome[],
  options: { slots?: number; iteration?: number; seed?: number } = {},
) =>
  Object.fromEntries(
    allocateSlots({
      ...{ optimizers, outcomes, slots: options.slots ?? 16, iteration: options.iteration ?? 1 },
      stream: randomStream(options.seed ?? 1, 'portfolio', options.iteration ?? 1),
    }).map(({ optimizer, slots }) => [optimizer, slots]),
  );
const sum = (slots: Record<string, number>): number => Object.values(slots).reduce((total, item) => total + item, 0);

/** Iterations in which a slot of an optimizer gains 0.1 with some probability; the slots of each iteration. */
function simulated(pays: (optimizer: string, iteration: number) => number, iterations: number, seed = 1) {
  const luck = randomStream(seed, 'luck');
  const outcomes: SlotOutcome[] = [];
  return Array.from({ length: iterations }, (_, iteration) => {
    const slots = allocate(outcomes, { iteration, seed });
    for (const [optimizer, count] of Object.entries(slots)) {
      for (let slot = 0; slot < count; slot++) {
        outcomes.push({ optimizer, iteration, gain: luck.uniform() < pays(optimizer, iteration) ? 0.1 : 0 });
      }
    }
    return slots;
  });
}

describe('allocateSlots', () => {
  it('parts slots evenly before anything was tried', () => {
    expect(allocate([])).toEqual({ opro: 4, reflection: 4, edits: 4, models: 4 });
    const uneven = allocate([], { slots: 6 });
    expect(Object.values(uneven).sort()).toEqual([1, 1, 2, 2]);
  });

  it('gives most slots to what pays, and every optimizer one', () => {
    for (const seed of [1, 2, 3]) {
      const rounds = simulated((optimizer) => (optimizer === 'reflection' ? 0.4 : 0.02), 12, seed);
      for (const slots of rounds) {
        expect(sum(slots)).toBe(16);
        expect(Math.min(...Object.values(slots))).toBeGreaterThanOrEqual(1);
      }
      const late = rounds.slice(6).map((slots) => slots['reflection'] ?? 0);
      expect(late.reduce((total, item) => total + item, 0) / late.length).toBeGreaterThan(9);
    }
  });

  it('keeps exploring: what begins to pay later wins then', () => {
    const rounds = simulated(
      (optimizer, iteration) => (optimizer === (iteration < 8 ? 'opro' : 'models') ? 0.4 : 0.02),
      30,
    );
    expect(rounds[7]?.['opro']).toBeGreaterThan(8);
    const late = rounds.slice(-5).map((slots) => slots['models'] ?? 0);
    expect(late.reduce((total, item) => total + item, 0) / late.length).toBeGreaterThan(8);
  });

  it('spreads slots about evenly while nothing pays', () => {
    const rounds = simulated(() => 0, 20);
    for (const name of optimizers) {
      const mean = rounds.reduce((total, slots) => total + (slots[name] ?? 0), 0) / rounds.length;
      expect(mean).toBeGreaterThan(2.5);
      expect(mean).toBeLessThan(5.5);
    }
  });

  it('gives one each to the largest draws where slots are fewer, other ones in other iterations', () => {
    const outcomes = optimizers.map((optimizer): SlotOutcome => ({ optimizer, iteration: 0, gain: 0 }));
    const chosen = new Set<string>();
    for (let iteration = 1; iteration < 30; iteration++) {
      const slots = allocate(outcomes, { slots: 2, iteration });
      expect(Object.values(slots).sort()).toEqual([0, 0, 1, 1]);
      for (const [name, count] of Object.entries(slots)) if (count > 0) chosen.add(name);
    }
    expect([...chosen].sort()).toEqual([...optimizers].sort());
  });

  it('is a function of outcomes and stream, and takes no notice of other optimizers', () => {
    const outcomes = optimizers.map((optimizer, index): SlotOutcome => ({ optimizer, iteration: 0, gain: index / 10 }));
    expect(allocate(outcomes)).toEqual(allocate(outcomes));
    expect(allocate([...outcomes, { optimizer: 'gone', iteration: 0, gain: 1 }])).toEqual(allocate(outcomes));
    const draws = new Set(Array.from({ length: 10 }, (_, seed) => JSON.stringify(allocate(outcomes, { seed }))));
    expect(draws.size).toBeGreaterThan(1);
    expect(allocateSlots({ optimizers: [], slots: 4, outcomes, iteration: 1, stream: randomStream(1) })).toEqual([]);
  });

  it('reports tries and the gain per slot, newer ones weighing more', () => {
    const [opro, reflection] = allocateSlots({
      optimizers,
      slots: 16,
      outcomes: [
        { optimizer: 'opro', iteration: 0, gain: 0 },
        { optimizer: 'opro', iteration: 4, gain: 0.2 },
      ],
      iteration: 5,
      stream: randomStream(1),
    });
    expect(opro).toMatchObject({ tries: 2 });
    expect(opro?.meanGain).toBeGreaterThan(0.1);
    expect(opro?.meanGain).toBeLessThan(0.2);
    expect(reflection).toMatchObject({ tries: 0, meanGain: null });
  });
});
