import { countText, intervalText, percentText } from './figures';

/** How well a Local Reward Function agrees with the global metric, as records and documents have it. */
export interface RewardFigures {
  alignment: number | null;
  ci95: readonly [number, number] | null;
  /** Why it is trusted or not, or could not be fitted; absent where the database does not say. */
  reason?: string;
}

/** A fit as the ledger records it. */
export interface RewardRecord extends RewardFigures {
  /** -1: before the iterations. */
  iteration: number;
  component: string;
  trusted: boolean;
  pairs: number;
  /** How it came about; absent in records of earlier versions. */
  update?: { how: string; driftAlarm: boolean };
}

/** Held-out alignment with its interval, or why there is none. */
export function alignmentText({ alignment, ci95, reason }: RewardFigures, component: string): string {
  if (alignment === null) return `not measured${reason === undefined ? '' : `: ${withoutName(reason, component)}`}`;
  return `${percentText(alignment)}${ci95 === null ? '' : ` (${intervalText(ci95, percentText)})`}`;
}

/** What was done about a drift, by how the version came about. */
const answers: Readonly<Record<string, string>> = { fitted: 'fitted anew', adapted: 'adapted' };

/** A fit in one line. */
export function rewardText(record: RewardRecord): string {
  const { iteration, component, trusted, pairs, alignment, update } = record;
  const when = iteration < 0 ? '' : `iteration ${iteration + 1}: `;
  const figures = `alignment ${alignmentText(record, component)}${alignment === null ? '' : `, ${countText(pairs)} pairs`}`;
  const drift = update?.driftAlarm ? `; drift found, ${answers[update.how] ?? 'not mended'}` : '';
  return `${when}reward of ${component}: ${trusted ? 'trusted' : 'not trusted'}, ${figures}${drift}`;
}

/** The component is named beside it. */
function withoutName(reason: string, component: string): string {
  const name = `component '${component}': `;
  return reason.startsWith(name) ? reason.slice(name.length) : reason;
}
