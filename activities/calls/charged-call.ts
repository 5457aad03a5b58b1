import { noCost } from '../../core/system/interpreter';
import type { Json } from '../../core/system/json';
import { BilledFailure, type CallBound } from '../../providers/language-models';
import type { Made, Recalled, Reservation } from '../../storage';
import type { CallMeter } from './call-meter';
import { reserveCall } from './reserve-call';

export interface ChargedCall {
  /** Content hash of the request. */
  key: string;
  kind: 'chat' | 'embedding';
  /** For whom. */
  role: string;
  model: string;
  /** The most that it can cost. */
  worst: CallBound;
  /** Looks once more, when nobody else can be making it, whether the call is needed; undefined: it is. */
  already?: () => Promise<Json | undefined>;
  make(signal: AbortSignal): Promise<Omit<Made, 'calls'>>;
}

/**
 * A model call from the memo, or made within the run's limits and charged to the run. What a failed call held is given back,
 * less what its reply says that it cost all the same.
 */
export async function chargedCall(meter: CallMeter, call: ChargedCall, signal: AbortSignal): Promise<Recalled> {
  const { key, kind, role, model, worst } = call;
  let reservation: Reservation | undefined;
  try {
    const recalled = await meter.memo.recall(
      { key, kind, runId: meter.runId, role, model },
      async (memoSignal) => {
        const known = await call.already?.();
        if (known !== undefined) return { value: known, usage: noCost, keep: false };
        reservation = await reserveCall(meter, model, worst, memoSignal);
        const made = await call.make(memoSignal);
        return { ...made, calls: 1, also: [reservation.settlement, ...(made.also ?? [])] };
      },
      signal,
    );
    reservation?.forget();
    return recalled;
  } catch (error) {
    // Should this fail too, its lease runs out by itself.
    if (reservation !== undefined) await end(meter, call, reservation, error).catch(() => reservation?.forget());
    throw error;
  }
}

async function end(
  meter: CallMeter,
  { kind, role, model }: ChargedCall,
  reservation: Reservation,
  error: unknown,
): Promise<void> {
  if (!(error instanceof BilledFailure)) return reservation.release();
  const spend = { runId: meter.runId, kind, role, model, calls: 1, usage: error.usage };
  await meter.spend.add(spend, [reservation.settlement]);
  reservation.forget();
}
