import { chain, fork } from '../../systems/synthetic';
import { needsAdaptation } from './needs-adaptation';

const { wiring } = chain().system;
const trusted = { trusted: true, newestData: 0 };
const update = (iteration: number, component: string, accepted = true) => ({
  ...{ iteration, accepted, changed: [{ component }] },
});
const drafter = (
  reward: typeof trusted | { trusted: boolean; newestData: null },
  ...past: ReturnType<typeof update>[]
) => needsAdaptation(wiring, 'drafter', reward, past);

it('is needed until the reward is trusted', () => {
  expect(drafter({ trusted: false, newestData: 0 })).toBe(true);
  expect(drafter({ trusted: true, newestData: null })).toBe(true);
  expect(drafter(trusted)).toBe(false);
});

it.each(['outliner', 'drafter', 'editor'])('is needed once %s was changed after the newest data', (changed) => {
  expect(drafter(trusted, update(0, changed))).toBe(true);
  expect(drafter(trusted, update(3, changed), update(4, changed, false))).toBe(true);
});

it('is not needed for rejected tries, nor for what the newest data have seen', () => {
  expect(drafter(trusted, update(0, 'editor', false))).toBe(false);
  expect(drafter({ trusted: true, newestData: 2 }, update(1, 'editor'))).toBe(false);
});

it('is not needed where a component changed that neither reaches it nor what its outputs come to', () => {
  const { system } = fork();
  const apart = {
    ...system.wiring,
    descendants: { ...system.wiring.descendants, planner: new Set<string>() },
    outputs: {},
  };
  expect(needsAdaptation({ ...apart, sources: {} }, 'planner', trusted, [update(1, 'stylist')])).toBe(false);
});
