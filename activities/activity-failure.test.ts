import { ApplicationFailure, DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { DefinitionError } from '../core/system/definition-error';
import { InfrastructureError } from '../core/system/infrastructure-error';
import { EncoderError } from '../providers/encoder';
import { RewardError } from '../providers/reward';
import { StorageError } from '../storage';
import { activityFailure, gravest } from './activity-failure';
import { BudgetExhausted } from './calls/budget-exhausted';
import { BudgetShareReached } from './calls/budget-share-reached';
import { Declined } from './declined';
import type { ActivityDependencies } from './dependencies';

const failureOf = (error: unknown, attempt = 1): ApplicationFailure => {
  const failure = activityFailure(error, attempt);
  if (!(failure instanceof ApplicationFailure)) throw new Error('expected an ApplicationFailure');
  return failure;
};

describe('activityFailure', () => {
  it('retries a passing failure, after the time that the endpoint asked for', () => {
    const failure = failureOf(new InfrastructureError('busy', { kind: 'retryable', status: 429, retryAfterMs: 2_500 }));
    expect(failure).toMatchObject({ type: 'Infrastructure.retryable', nonRetryable: false, nextRetryDelay: 2_500 });
  });

  it('finds the failure that user code wrapped', () => {
    const wrapped = new Error('search failed', { cause: new InfrastructureError('down', { kind: 'systematic' }) });
    expect(failureOf(wrapped)).toMatchObject({
      type: 'Infrastructure.systematic',
      nonRetryable: true,
      message: 'down',
    });
  });

  it('pauses rather than wait for hours in silence', () => {
    const failure = failureOf(new InfrastructureError('limit reached', { retryAfterMs: 86_400_000 }));
    expect(failure.nonRetryable).toBe(true);
    expect(failure.message).toBe('limit reached; it asks to wait 1440 minutes: resume then');
  });

  it('ends the activity for what a person must mend', () => {
    expect(failureOf(new DefinitionError('no such model')).nonRetryable).toBe(true);
    expect(failureOf(new StorageError('NEWER_SCHEMA', 'newer')).nonRetryable).toBe(true);
    expect(failureOf(new StorageError('REFUSED', 'wrong password')).nonRetryable).toBe(true);
    expect(failureOf(new StorageError('UNREACHABLE', 'away')).nonRetryable).toBe(false);
    for (const code of [
      ...(['DISK_FULL', 'NOT_A_DATABASE', 'NETWORK_DISK', 'UNSUPPORTED_URL'] as const),
      ...(['CORRUPT_BLOB', 'MISSING'] as const),
    ])
      expect(failureOf(new StorageError(code, 'no'))).toMatchObject({ nonRetryable: true, type: `Storage.${code}` });
    for (const [error, type] of [
      [new RewardError('another encoder', 'use the same'), 'RewardError'],
      [new EncoderError('no model', { cause: new Error('ENOENT: no such file') }), 'EncoderError'],
    ] as const)
      expect(failureOf(error)).toMatchObject({ nonRetryable: true, type, message: error.message });
    expect(failureOf(new BudgetExhausted('200 of 200 calls are made')).type).toBe('BudgetExhausted');
    const share = failureOf(new BudgetShareReached('80 % of the limit of calls is reached'));
    expect(share).toMatchObject({ type: 'BudgetShareReached', nonRetryable: true });
  });

  it('cuts what is too long, in causes as well, and keeps what decides', () => {
    const long = 'x'.repeat(200_000);
    const recorded = (error: unknown): number =>
      JSON.stringify(new DefaultFailureConverter().errorToFailure(error, defaultPayloadConverter)).length;
    for (const error of [
      new Error(long),
      new Error('short', { cause: new Error(long) }),
      new DefinitionError(long),
      ApplicationFailure.nonRetryable(long, 'Any'),
      new StorageError('REFUSED', long),
      new InfrastructureError(long, { kind: 'systematic' }),
      long,
      { long },
    ]) {
      expect(recorded(activityFailure(error, 1))).toBeLessThan(40_000);
    }
    expect(failureOf(new InfrastructureError(long, { retryAfterMs: 2_500 }))).toMatchObject({
      message: `${'x'.repeat(2_000)}... (198000 characters more)`,
      type: 'Infrastructure.retryable',
      nonRetryable: false,
      nextRetryDelay: 2_500,
    });
    expect(failureOf(new DefinitionError(long))).toMatchObject({ type: 'DefinitionError', nonRetryable: true });
    const whole = new Error('short', { cause: new Error('a cause') });
    expect(activityFailure(whole, 1)).toBe(whole);
  });

  it('offers again what a worker declined, soon at first', () => {
    const declined = new Declined({ workerIdentity: 'w' } as ActivityDependencies, "does not define system 's'");
    expect(failureOf(declined)).toMatchObject({
      type: 'Declined',
      nonRetryable: false,
      message: "worker w does not define system 's'",
      nextRetryDelay: 100,
    });
    expect(failureOf(declined, 3).nextRetryDelay).toBe(400);
    expect(failureOf(declined, 9).nextRetryDelay).toBe(1_000);
  });
});

describe('gravest', () => {
  it('puts the budget first, then what needs a person, then the longest wait', () => {
    const short = new InfrastructureError('short', { retryAfterMs: 10 });
    const long = new InfrastructureError('long', { retryAfterMs: 900 });
    const refused = new InfrastructureError('refused', { kind: 'systematic' });
    const broke = new BudgetExhausted('spent');
    expect(gravest([short, long])).toBe(long);
    expect(gravest([long, refused, short])).toBe(refused);
    expect(gravest([refused, broke, long])).toBe(broke);
    const share = new BudgetShareReached('80 %');
    expect(gravest([refused, share, new Error('any')])).toBe(share);
    expect(gravest([share, broke])).toBe(broke);
  });
});
