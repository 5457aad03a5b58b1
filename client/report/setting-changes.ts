import { contentHash } from '../../core/system/canonical-json';
import type { Configuration } from '../../core/system/configuration';
import type { Json } from '../../core/system/json';
import { isPromptValue, type Demonstration, type PromptValue } from '../../core/system/variable';

/** One setting that a run changed, as text. */
export interface SettingTexts {
  component: string;
  variable: string;
  /** The part of a prompt that changed; `value` for any other setting. */
  part: 'instructions' | 'demonstrations' | 'value';
  before: string;
  after: string;
}

/** Everything that differs between two configurations, in the order of the second. */
export function settingChanges(before: Configuration, after: Configuration): SettingTexts[] {
  return Object.entries(after).flatMap(([component, settings]) =>
    Object.entries(settings).flatMap(([variable, now]) => {
      const old = before[component]?.[variable] ?? null;
      return changedParts(old, now).map((part) => ({ component, variable, ...part }));
    }),
  );
}

function changedParts(old: Json, now: Json): Pick<SettingTexts, 'part' | 'before' | 'after'>[] {
  if (contentHash(old) === contentHash(now)) return [];
  if (!isPromptValue(now)) return [{ part: 'value', before: valueText(old), after: valueText(now) }];
  const was: PromptValue = isPromptValue(old) ? old : { instructions: '', demonstrations: [] };
  const parts: Pick<SettingTexts, 'part' | 'before' | 'after'>[] = [];
  if (was.instructions !== now.instructions) {
    parts.push({ part: 'instructions', before: was.instructions, after: now.instructions });
  }
  if (contentHash(was.demonstrations) !== contentHash(now.demonstrations)) {
    parts.push({
      part: 'demonstrations',
      before: demonstrationsText(was.demonstrations),
      after: demonstrationsText(now.demonstrations),
    });
  }
  return parts;
}

/** A setting that is no prompt: texts and numbers as they are, anything else as JSON. */
export function valueText(value: Json): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How many there are, and what they are about: the first text of each. */
function demonstrationsText(demonstrations: readonly Demonstration[]): string {
  if (demonstrations.length === 0) return 'none';
  const topics = demonstrations.map(({ inputs, outputs }) => {
    const [input] = Object.values(inputs).filter((value) => typeof value === 'string');
    const [output] = Object.values(outputs);
    return `${shortened(valueText(input ?? inputs), 60)} -> ${shortened(valueText(output ?? outputs), 30)}`;
  });
  return `${demonstrations.length} (${topics.join('; ')})`;
}

/** One line of at most `characters`; what is cut is marked. */
export function shortened(text: string, characters: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= characters ? line : `${line.slice(0, characters - 3).trimEnd()}...`;
}
