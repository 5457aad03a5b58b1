import { exhausted, spendText, thresholdReached, type Limits, type Spend } from '../../core/run/budget';
import { DefinitionError } from '../../core/system/definition-error';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import type { CallBound } from '../../providers/language-models';
import type { Reservation, ReservationStore, SpendStore } from '../../storage';
import { BudgetExhausted } from './budget-exhausted';
import { BudgetShareReached } from './budget-share-reached';
import { modelSpend } from './model-spend';

const lookAgainMs = 250;

/**
 * Holds back the most that a call can cost from its run's limits. Where only the calls in flight leave too little, it waits
 * for them to end: most cost less than their worst case.
 *
 * @throws BudgetExhausted when the call does not fit into what is left; BudgetShareReached when the run is to pause first;
 *   DefinitionError for a paid model with replies of any length under a money limit; the signal's reason.
 */
export async function reserveCall(
  { reservations, spend, runId, limits }: ReservingRun,
  model: string,
  bound: CallBound,
  signal: AbortSignal,
): Promise<Reservation> {
  if (limits.usd !== undefined && !bound.certain) {
    throw new DefinitionError(
      `model '${model}' has a price, and a call to it says no maxTokens: what it may cost is not known, so the limit of ` +
        `${limits.usd.toFixed(2)} US dollars cannot be kept; give the request maxTokens, or the model in the config's ` +
        'endpoints, and start a new run, or remove the limit (optimas budget)',
    );
  }
  const worst: Spend = { calls: 1, tokens: bound.tokens, usd: bound.usd };
  for (;;) {
    signal.throwIfAborted();
    const reservation = await reservations.tryReserve(runId, worst, limits);
    if (reservation !== undefined) return reservation;
    const spent = await modelSpend(spend, runId);
    // First: a run that is to pause does not end before a person could raise its limits.
    const reached = thresholdReached(limits.pauseAbove, spent);
    if (reached !== undefined) throw new BudgetShareReached(shareText(limits, reached, spent));
    const reason = exhausted(limits, spent, worst);
    if (reason !== undefined) throw new BudgetExhausted(reason);
    if (await reservations.ended(runId)) {
      throw new InfrastructureError(`run '${runId}' has ended: no call is made for it any more`, {
        kind: 'systematic',
      });
    }
    await reservations.untilReleased(runId, lookAgainMs, signal);
  }
}

export interface ReservingRun {
  runId: string;
  reservations: ReservationStore;
  spend: SpendStore;
  limits: Limits;
}

function shareText({ pauseAt = 1 }: Limits, reached: keyof Spend, spent: Spend): string {
  return (
    `${Math.round(pauseAt * 100)} % of the limit of ${reached === 'usd' ? 'US dollars' : reached} is reached: ` +
    `${spendText(spent)} are spent; optimas resume goes on, optimas budget changes the limits`
  );
}
