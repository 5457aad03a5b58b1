import { LeaseWatch } from './lease-watch';

const lease = (id: string, expires_at = 1) => ({ id, expires_at });

let time: number;
let watch: LeaseWatch;
beforeEach(() => {
  time = 0;
  watch = new LeaseWatch(1_000, () => time);
});

/** What is given up when the leases are looked at after each of the waits (milliseconds). */
function look(waits: readonly number[], leases: (wait: number) => { id: string; expires_at: number }[]) {
  return waits.map((wait, index) => {
    time += wait;
    return watch.unrenewed('run', leases(index)).map(({ id }) => id);
  });
}

describe('LeaseWatch', () => {
  it('gives up what does not change for a whole lease, and nothing that does', () => {
    const looks = look([0, 250, 250, 250, 250, 250], (index) => [lease('dead', 9e15), lease('live', index)]);
    expect(looks).toEqual([[], [], [], [], ['dead'], ['dead']]);
  });

  it('starts anew at a renewal, also at one that sets an earlier time', () => {
    const looks = look([0, 250, 250, 250, 250, 250, 250, 250], (index) => [lease('a', index < 4 ? 5_000 : 10)]);
    expect(looks.flat()).toEqual([]);
    expect(look([250], () => [lease('a', 10)])).toEqual([['a']]);
  });

  it('does not count a time in which nobody looked, because nobody may have been able to renew', () => {
    const looks = look([0, 60_000, 60_000, 60_000, 60_000], () => [lease('a')]);
    expect(looks).toEqual([[], [], [], [], ['a']]);
  });

  it('counts only while it is there', () => {
    const looks = look([0, 250, 250, 250, 250, 250], (index) => (index === 3 ? [] : [lease('a')]));
    expect(looks.flat()).toEqual([]);
  });

  it('is due ten times per lease, for each group by itself', () => {
    const due = [0, 99, 100, 150, 199, 200].map((at) => {
      time = at;
      return watch.due('run');
    });
    expect(due).toEqual([true, false, true, false, false, true]);
    expect(watch.due('another run')).toBe(true);
  });
});
