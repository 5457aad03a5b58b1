import { BucketTime } from './bucket-time';

const hour = 3_600_000;

let clock: number;
let time: BucketTime;
beforeEach(() => {
  clock = 0;
  time = new BucketTime(() => clock);
});

describe('the time in a bucket', () => {
  it('begins with the time of day, or with that of the row where it is later', () => {
    expect(time.at(1, 500, 1_000)).toBe(1_000);
    expect(new BucketTime(() => clock).at(1, 9_000, 1_000)).toBe(9_000);
  });

  it('passes as a clock that never jumps, whatever the time of day becomes', () => {
    const times = [0, hour, -2 * hour, 0].map((jump) => {
      clock += 100;
      return time.at(1, 500, 1_000 + jump);
    });
    expect(times).toEqual([1_000, 1_100, 1_200, 1_300]);
  });

  it('goes on from the time of another process that is ahead', () => {
    time.at(1, 500, 1_000);
    clock += 100;
    expect(time.at(2, hour, 1_100)).toBe(hour);
    clock += 100;
    expect(time.at(2, hour, 1_200)).toBe(hour + 100);
  });

  it('goes back to that of a process that is behind and has just changed the row', () => {
    time.at(undefined, 0, 5 * hour);
    clock += 1_000;
    expect(time.at(1, 3_000, 5 * hour)).toBe(3_000);
    clock += 400;
    expect(time.at(1, 3_000, 5 * hour)).toBe(3_400);
  });

  it('does not go back for a change that took its time, nor for its own', () => {
    time.at(1, 10_000, 10_000);
    clock += 200;
    expect(time.at(2, 9_500, 0)).toBe(10_200);
    clock += 5_000;
    expect(time.at(3, 10_200, 0)).toBe(15_200);
  });
});
