import { needsAdaptation } from './needs-adaptation';

/** Null: all at once, recorded under the drafter. */
const moveOf = (alone: string | null) =>
  alone === null ? { component: 'drafter', others: ['editor'] } : { component: alone };
const accepted = (iteration: number, alone: string | null) => ({ iteration, accepted: true, ...moveOf(alone) });
const rejected = (iteration: number, alone: string | null) => ({ iteration, accepted: false, ...moveOf(alone) });
const drafter = (newestData: number | null, ...past: Parameters<typeof needsAdaptation>[2]) =>
  needsAdaptation('drafter', { trusted: true, newestData }, past);

it('is needed until the reward is trusted and has data', () => {
  expect(needsAdaptation('drafter', { trusted: false, newestData: 0 }, [])).toBe(true);
  expect(drafter(null)).toBe(true);
  expect(drafter(0)).toBe(false);
});

it('is needed once an update was accepted after the newest data, of one component or of several', () => {
  expect(drafter(0, accepted(0, 'editor'))).toBe(true);
  expect(drafter(0, accepted(3, null), rejected(4, 'drafter'))).toBe(true);
  expect(drafter(2, accepted(1, 'editor'))).toBe(false);
});

it('is needed when two tries of the component were rejected since, not of others', () => {
  expect(drafter(0, rejected(0, 'drafter'))).toBe(false);
  expect(drafter(0, rejected(0, 'drafter'), rejected(3, 'drafter'))).toBe(true);
  expect(drafter(1, rejected(0, 'drafter'), rejected(3, 'drafter'))).toBe(false);
  expect(drafter(0, rejected(0, 'editor'), rejected(1, 'editor'), rejected(2, null), rejected(3, null))).toBe(false);
});
