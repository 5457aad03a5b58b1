import { inspect } from 'node:util';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DefinitionError } from '../core/system/definition-error';
import { infrastructureCause } from '../core/system/infrastructure-error';
import { EncoderError } from '../providers/encoder';
import { RewardError } from '../providers/reward';
import { StorageError, type StorageErrorCode } from '../storage';
import { BudgetExhausted } from './calls/budget-exhausted';
import { Declined, offeredAgainAfterMs } from './declined';
import { BudgetShareReached } from './calls/budget-share-reached';
import { shortText } from './short-text';

/** A longer `Retry-After` pauses the run, so that a person sees why nothing happens. */
const longestSilentWaitMs = 10 * 60_000;

/** On a full disk each attempt would pay for calls whose replies cannot be stored; what is damaged or gone stays so. */
const needsAPerson: ReadonlySet<StorageErrorCode> = new Set<StorageErrorCode>([
  'NEWER_SCHEMA',
  'NOT_A_DATABASE',
  'UNSUPPORTED_URL',
  'REFUSED',
  'NETWORK_DISK',
  'DISK_FULL',
  'CORRUPT_BLOB',
  'MISSING',
]);

/** Characters of a failure's message, and of all its texts with stacks and causes: they go into the history. */
const longestMessage = 2_000;
const mostText = 16_000;

/**
 * What Temporal is told about an error that ends an activity's attempt (1 for the first). Retryability is decided here and nowhere else:
 * passing failures are retried (after `Retry-After`, where given), everything a person must mend ends the activity, which
 * pauses the run with the message as reason. What is too long is cut: the texts of user code and of servers have no bound.
 */
export function activityFailure(error: unknown, attempt: number): unknown {
  const failure = classified(error, attempt);
  return failure instanceof CancelledFailure || lengthOf(failure) <= mostText ? failure : shortCopy(failure);
}

function classified(error: unknown, attempt: number): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof BudgetExhausted) return ApplicationFailure.nonRetryable(error.message, 'BudgetExhausted');
  if (error instanceof BudgetShareReached) return ApplicationFailure.nonRetryable(error.message, 'BudgetShareReached');
  if (error instanceof Declined) {
    const { message } = error;
    return ApplicationFailure.create({ message, type: 'Declined', nextRetryDelay: offeredAgainAfterMs(attempt) });
  }
  if (DefinitionError.isInstance(error)) return ApplicationFailure.nonRetryable(error.message, 'DefinitionError');
  // An encoder's files, and what a reward was trained with, are the same at the next attempt.
  if (EncoderError.isInstance(error) || RewardError.isInstance(error)) {
    return ApplicationFailure.nonRetryable(error.message, error.name);
  }
  const infrastructure = infrastructureCause(error);
  if (infrastructure !== undefined) {
    const { kind, message, retryAfterMs } = infrastructure;
    const tooLong = retryAfterMs !== undefined && retryAfterMs > longestSilentWaitMs;
    return ApplicationFailure.create({
      message: tooLong
        ? `${message}; it asks to wait ${Math.round(retryAfterMs / 60_000)} minutes: resume then`
        : message,
      type: `Infrastructure.${kind}`,
      nonRetryable: kind !== 'retryable' || tooLong,
      ...(retryAfterMs === undefined || tooLong ? {} : { nextRetryDelay: retryAfterMs }),
    });
  }
  if (StorageError.isInstance(error)) {
    return ApplicationFailure.create({
      message: error.message,
      type: `Storage.${error.code}`,
      nonRetryable: needsAPerson.has(error.code),
    });
  }
  return error;
}

/** Characters that Temporal would record of what was thrown. */
function lengthOf(thrown: unknown): number {
  if (!isError(thrown)) return Infinity; // Temporal would write it as JSON.
  const { message, stack = '', cause } = thrown;
  return message.length + stack.length + (cause === undefined || cause === thrown ? 0 : lengthOf(cause));
}

/** Without causes, which may be long as well. */
function shortCopy(thrown: unknown): ApplicationFailure {
  const known = thrown instanceof ApplicationFailure ? thrown : undefined;
  const text = isError(thrown) ? thrown.message : typeof thrown === 'string' ? thrown : inspect(thrown);
  const type = known?.type ?? (isError(thrown) ? thrown.name : undefined);
  const nextRetryDelay = known?.nextRetryDelay ?? undefined;
  return ApplicationFailure.create({
    message: shortText(text, longestMessage),
    nonRetryable: known?.nonRetryable === true,
    ...(type === undefined ? {} : { type }),
    ...(nextRetryDelay === undefined ? {} : { nextRetryDelay }),
  });
}

/** Also one of another realm. */
function isError(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
}

/** The error that should end the attempt when several calls failed: one that needs a person, else the longest wait. */
export function gravest(errors: readonly unknown[]): unknown {
  const rank = (error: unknown): number => {
    if (error instanceof BudgetExhausted) return Infinity;
    if (error instanceof BudgetShareReached) return 1e13;
    const infrastructure = infrastructureCause(error);
    if (infrastructure === undefined) return 1e12;
    return infrastructure.kind === 'retryable' ? (infrastructure.retryAfterMs ?? 0) : 1e11;
  };
  return errors.reduce((worst, error) => (rank(error) > rank(worst) ? error : worst));
}
