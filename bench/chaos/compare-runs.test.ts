import { compareRuns, defects } from './compare-runs';
import type { RunEvidence } from './run-evidence';

const run: RunEvidence = {
  status: 'completed',
  configuration: 'c1',
  decisions: ['component 0', 'decision 0'],
  ledger: [
    { sequence: 1, key: 'baseline', kind: 'baseline', iteration: -1 },
    { sequence: 2, key: '0/decision', kind: 'decision', iteration: 0 },
  ],
  records: { evaluations: ['e1', 'e2'] },
  arrivals: [{ number: 1, hash: 'a', worker: 'w', at: 1, answeredAt: 2 }],
  kills: [],
  paid: { memo: 1, spend: 1, totals: 1 },
  missingBlobs: 0,
  held: { memo_leases: 0, reservations: 0 },
  integrity: 'ok',
  incidents: [],
};

const violations = (changes: Partial<RunEvidence>) => compareRuns(run, { ...run, ...changes }).violations;

describe('compareRuns', () => {
  it('has nothing against an equal run', () => {
    const kills = [{ target: 'server', workers: [], at: 1, backAt: 2, inFlight: 3 }];
    expect(compareRuns(run, { ...run, kills })).toEqual({
      compared: 2,
      lost: 0,
      doubled: 0,
      paidTwice: 0,
      inFlight: 3,
      violations: [],
    });
  });

  it('counts lost and doubled decisions', () => {
    expect(compareRuns(run, { ...run, decisions: ['component 0', 'decision 1'] })).toMatchObject({
      lost: 1,
      doubled: 1,
      violations: ['a decision was lost: decision 0', 'a decision is not in the undisturbed run: decision 1'],
    });
    const ledger = [...run.ledger, { sequence: 3, key: '0/decision again', kind: 'decision', iteration: 0 }];
    expect(compareRuns(run, { ...run, ledger })).toMatchObject({ doubled: 1 });
  });

  it('names whatever else is not as in the undisturbed run', () => {
    const [first, second] = run.ledger as [(typeof run.ledger)[0], (typeof run.ledger)[0]];
    expect(violations({ ledger: [first, { ...second, sequence: 3 }] })).toEqual([
      "the ledger's entry 2 has sequence number 3",
    ]);
    expect(violations({ ledger: [first, { ...second, key: 'baseline' }] })).toEqual([
      "the ledger has the key 'baseline' more than once",
    ]);
    expect(violations({ configuration: 'c2' })).toEqual(['configuration is c2, undisturbed c1']);
    expect(violations({ status: 'cancelled' })).toEqual(['status is cancelled, undisturbed completed']);
    expect(violations({ records: { evaluations: ['e1', 'e1'] } })).toEqual([
      'evaluations lost e2',
      'evaluations has, unlike the undisturbed run, e1',
    ]);
    expect(violations({ arrivals: [] })).toEqual(['1 requests of the undisturbed run were never sent, 0 others were']);
    expect(violations({ paid: { memo: 1, spend: 2, totals: 2 } })).toEqual([
      'the memo holds 1 calls, the spend 2 and its sums 2',
    ]);
    expect(violations({ missingBlobs: 2 })).toEqual(['2 blobs that rows name are missing']);
    expect(violations({ held: { reservations: 1 } })).toEqual(['1 rows of reservations are still held after the end']);
    expect(violations({ integrity: 'row 3 missing' })).toEqual(['the database is damaged: row 3 missing']);
    expect(violations({ incidents: ['a worker died'] })).toEqual(['a worker died']);
  });

  it('expects of an undisturbed run that each call gave back what was reserved for it', () => {
    const ledger = [...run.ledger, { sequence: 3, key: 'reservations', kind: 'reservations', iteration: 99 }];
    expect(defects({ ...run, ledger })).toEqual(['calls were still reserved at the end, though nothing was killed']);
    const kills = [{ target: 'worker', workers: ['w'], at: 1, backAt: 2, inFlight: 3 }];
    expect(defects({ ...run, ledger, kills })).toEqual([]);
  });

  it('expects of an undisturbed run that it paid for nothing twice', () => {
    expect(defects(run)).toEqual([]);
    const arrivals = [...run.arrivals, { number: 2, hash: 'a', worker: 'v', at: 5, answeredAt: 6 }];
    expect(defects({ ...run, arrivals })).toEqual([
      'request 2 repeats request 1 of w, which lived and had got the reply',
      '1 calls were paid twice, but 0 were in flight at the kills',
    ]);
  });
});
