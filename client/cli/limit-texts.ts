import type { Budget } from '../../core/run/budget';
import { countText, durationText, moneyText } from '../report/figures';

/** The limits of a budget in words. */
export function limitTexts({ calls, tokens, usd, wallClockMs, pauseAt }: Budget): string[] {
  return [
    ...(calls === undefined ? [] : [`${countText(calls)} calls`]),
    ...(tokens === undefined ? [] : [`${countText(tokens)} tokens`]),
    ...(usd === undefined ? [] : [moneyText(usd)]),
    ...(wallClockMs === undefined ? [] : [durationText(wallClockMs)]),
    ...(pauseAt === undefined ? [] : [`a pause at ${Math.round(pauseAt * 100)} %`]),
  ];
}
