import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { RetryState } from '@temporalio/common';
import { StorageError } from '../../storage';
import { followRun } from './follow-run';
import type { Runs } from './project';

/** A run that has ended: its workflow as `failed`, if at all, and with a result in the database if it is `recorded`. */
function endedRun(recorded: boolean, failed?: Error): Runs {
  return {
    client: {
      isOpen: async () => false,
      spend: async () => ({}),
      result: async () => {
        if (failed !== undefined) throw failed;
      },
    },
    stores: {
      ledger: { list: async () => [] },
      runs: { get: async () => ({ result: recorded ? {} : undefined }) },
    },
  } as unknown as Runs;
}

const display = { update: () => {}, line: () => {}, end: () => {} };
const follow = (runs: Runs) => followRun(runs, 'run', display, new AbortController().signal);
const cancelled = new WorkflowFailedError(
  'cancelled',
  new CancelledFailure('by Temporal'),
  RetryState.NON_RETRYABLE_FAILURE,
);
const terminated = new WorkflowFailedError('terminated', new Error('out of hand'), RetryState.NON_RETRYABLE_FAILURE);

describe('a run that has ended', () => {
  it("has a result after Temporal's own Cancel, also one that was never prepared", async () => {
    expect(await follow(endedRun(true, cancelled))).toEqual({ ended: 'result' });
    expect(await follow(endedRun(false, cancelled))).toEqual({ ended: 'result' });
  });

  it('has failed where nothing is recorded and the workflow failed', async () => {
    await expect(follow(endedRun(false, terminated))).rejects.toBe(terminated);
    expect(await follow(endedRun(true, terminated))).toEqual({ ended: 'result' });
  });
});

it('tells of each reward once, of a drift too, before the decision of its iteration', async () => {
  const reward = (iteration: number, update?: object) => ({
    iteration,
    body: {
      ...{ component: 'answerer', trusted: true, alignment: 0.7, ci95: null, pairs: 40, reason: '' },
      ...(update !== undefined && { update }),
    },
  });
  const decision = {
    component: 'answerer',
    accepted: false,
    reason: 'no gain',
    changed: [],
    before: null,
    after: null,
  };
  const entries: Record<string, object[]> = {
    // As an earlier version recorded it, and as this one does.
    reward: [reward(-1), reward(0, { how: 'adapted', why: '', freshAlignment: 0.5, driftAlarm: true })],
    decision: [{ iteration: 0, body: { ...decision, p: null, validated: [] } }],
  };
  const ledger = { list: async (_: string, { kind }: { kind: string }) => entries[kind] ?? [] };
  const ended = endedRun(true);
  const lines: string[] = [];
  const telling = { ...display, line: (text: string) => void lines.push(text) };
  const runs = { ...ended, stores: { ...ended.stores, ledger } } as unknown as Runs;
  await followRun(runs, 'run', telling, new AbortController().signal);
  expect(lines).toEqual([
    'reward of answerer: trusted, alignment 70 %, 40 pairs',
    'iteration 1: reward of answerer: trusted, alignment 70 %, 40 pairs; drift found, adapted',
    expect.stringMatching(/^iteration 1: answerer kept/),
  ]);
});

describe('a database that is away', () => {
  const away = new StorageError('UNREACHABLE', 'cannot reach the database at db:5432');

  /** A run that goes on for as many questions as there are answers of the database, then pauses itself. */
  function pausingRun(answers: (Error | undefined)[]): Runs {
    const ended = endedRun(true);
    const left = [...answers];
    const client = {
      ...ended.client,
      isOpen: async () => true,
      progress: async () => ({ status: left.length > 0 ? 'running' : 'paused', paused: { by: 'optimas' } }),
      spend: async () => {
        const answer = left.shift();
        if (answer !== undefined) throw answer;
        return {};
      },
    };
    return { ...ended, client } as unknown as Runs;
  }

  it('ends nothing while the run is open, and is told once', async () => {
    const lines: string[] = [];
    const telling = { ...display, line: (text: string) => void lines.push(text) };
    const run = pausingRun([undefined, away, away, undefined]);
    expect(await followRun(run, 'run', telling, new AbortController().signal)).toMatchObject({ ended: 'paused' });
    expect(lines).toEqual(['cannot reach the database at db:5432; the run waits for it, and pauses if it stays away']);
  });

  it('is an error where it can never answer', async () => {
    const refused = new StorageError('REFUSED', 'wrong password');
    await expect(follow(pausingRun([refused, undefined]))).rejects.toBe(refused);
  });
});

describe('a server that is away', () => {
  const away = new Error('connection refused');
  let nowMs: number;

  beforeEach(() => {
    nowMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** A run that no worker serves. Each answer of the server comes after so many more milliseconds; the last means an end. */
  function unservedRun(answers: [afterMs: number, answer: boolean | Error][]): Runs {
    const ended = endedRun(true);
    const left = [...answers];
    const client = {
      ...ended.client,
      isOpen: async () => {
        const [afterMs, answer] = left.shift() ?? [0, false];
        nowMs += afterMs;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      progress: () => Promise.reject(new Error('no worker')),
    };
    return { ...ended, client } as unknown as Runs;
  }

  it('is waited for, also when no worker has answered for longer than that', async () => {
    const answers: [number, boolean | Error][] = [
      [40_000, true],
      [1_000, away],
      [28_000, away],
      [1_000, false],
    ];
    expect(await follow(unservedRun(answers))).toEqual({ ended: 'result' });
  });

  it('is given up after 30 s', async () => {
    const answers: [number, boolean | Error][] = [
      [40_000, true],
      [1_000, away],
      [30_000, away],
    ];
    await expect(follow(unservedRun(answers))).rejects.toBe(away);
  });
});
