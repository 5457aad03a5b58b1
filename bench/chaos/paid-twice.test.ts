import type { Arrival } from '../../test/support/scripted-endpoint';
import { paidTwice, type StruckKill } from './paid-twice';

const arrival = (hash: string, worker: string, at: number, answeredAt: number | null = at + 20): Arrival => ({
  number: at,
  hash,
  worker,
  at,
  answeredAt,
});
const kill = (workers: string[], at: number, inFlight: number, target = 'worker'): StruckKill => ({
  target,
  workers,
  at,
  backAt: at + 1_000,
  inFlight,
});

describe('paidTwice', () => {
  it('takes a repeat for what was lost with a worker that was killed before it could commit', () => {
    const arrivals = [
      arrival('a', 'w0', 100, null),
      arrival('b', 'w0', 110),
      arrival('a', 'w1', 900),
      arrival('b', 'w1', 901),
    ];
    expect(paidTwice(arrivals, [kill(['w0'], 140, 2)])).toEqual({ repeats: 2, violations: [] });
    const { violations } = paidTwice(arrivals, [kill(['w0'], 140, 1)]);
    expect(violations).toEqual([
      '2 calls of w0 were paid twice, but 1 were in flight at that kill',
      '2 calls were paid twice, but 1 were in flight at the kills',
    ]);
  });

  it('lets no other kill make up for what one could not have lost', () => {
    const arrivals = [
      arrival('a', 'w0', 100),
      arrival('b', 'w0', 110),
      arrival('a', 'w1', 900),
      arrival('b', 'w1', 901),
      arrival('c', 'w1', 950),
      arrival('c', 'w2', 2_000),
    ];
    expect(paidTwice(arrivals, [kill(['w0'], 140, 2), kill(['w1'], 960, 1)])).toEqual({ repeats: 3, violations: [] });
    expect(paidTwice(arrivals, [kill(['w0'], 140, 1), kill(['w1'], 960, 9)]).violations).toEqual([
      '2 calls of w0 were paid twice, but 1 were in flight at that kill',
    ]);
  });

  it('takes a repeat for what an attempt broke off that the server had given up', () => {
    const arrivals = [arrival('a', 'w0', 100, null), arrival('a', 'w0', 900)];
    expect(paidTwice(arrivals, [kill([], 140, 1, 'server')])).toEqual({ repeats: 1, violations: [] });
  });

  it('finds a call that was broken off without an outage around it', () => {
    const arrivals = [arrival('a', 'w0', 20_000, null), arrival('a', 'w0', 20_900)];
    const found = (kills: StruckKill[]) => paidTwice(arrivals, kills).violations;
    const alive = 'request 20900 repeats request 20000 of w0, which lived, while neither server nor database was away';
    expect(found([kill(['w1'], 20_100, 9)])).toEqual([alive]);
    expect(found([kill([], 21_000, 9, 'server')])).toEqual([alive]);
    expect(found([kill([], 8_000, 9, 'server')])).toEqual([alive]);
    // A heartbeat that was missed in the outage breaks off what was sent after it.
    expect(found([kill([], 12_000, 9, 'server')])).toEqual([]);
    expect(found([kill([], 20_100, 9, 'database')])).toEqual([]);
    expect(found([])).toEqual([alive, '1 calls were paid twice, but 0 were in flight at the kills']);
  });

  it('finds a repeat of a call whose sender lived, or died long after the reply', () => {
    const server = kill([], 500, 9, 'server');
    expect(paidTwice([arrival('a', 'w0', 100), arrival('a', 'w1', 900)], [server]).violations).toEqual([
      'request 900 repeats request 100 of w0, which lived and had got the reply',
    ]);
    expect(
      paidTwice([arrival('a', 'w0', 100), arrival('a', 'w1', 900)], [kill(['w0'], 950, 9)]).violations,
    ).toHaveLength(1);
    const late = [arrival('a', 'w0', 100), arrival('a', 'w1', 9_900)];
    expect(paidTwice(late, [kill(['w0'], 9_000, 9)]).violations).toEqual([
      'request 9900 repeats request 100 of w0, which had the reply 8880 ms before it died',
    ]);
    // Nothing can be committed while the database is away.
    const away = { ...kill([], 90, 0, 'database'), backAt: 8_000 };
    expect(paidTwice(late, [away, kill(['w0'], 9_000, 9)]).violations).toEqual([]);
  });
});
