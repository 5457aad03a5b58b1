import type { Json } from '../../core/system/json';
import {
  integer,
  model,
  oneOf,
  prompt,
  range,
  type Demonstration,
  type PromptValue,
  type Variable,
} from '../../core/system/variable';
import { randomStream } from '../../core/random/stream';
import { directives, type Directive } from './directives';
import type { Strength } from './strength';
import { attributes, readText } from './wording';

/** A variable whose effect on its component's strength is known. */
export interface Setting {
  variable: Variable;
  strengthOf(value: Json): Partial<Strength>;
  /** Values among which the effect takes every extreme it has in the variable's space. */
  representatives: readonly Json[];
}

/**
 * A prompt: each listed directive found in the instructions adds its effect; demonstrations add up to `demonstrations`
 * (saturating at three) when their clauses are good, and cost as much when they are bad.
 */
export function promptSetting(options: {
  instructions: string;
  effects: Partial<Record<Directive, Partial<Strength>>>;
  demonstrations?: { field: string; effect: Strength; good: Demonstration[]; bad: Demonstration[] };
}): Setting {
  const effects = Object.entries(options.effects) as [Directive, Partial<Strength>][];
  const shown = options.demonstrations;
  const variable = prompt(options.instructions, { demonstrations: { max: shown === undefined ? 0 : 3 } });
  const withPhrases = (sign: 1 | -1): string => {
    const wanted = effects.filter(([, effect]) => sign * ((effect.wording ?? 0) + (effect.grounding ?? 0)) > 0);
    return [options.instructions, ...wanted.map(([name]) => directives[name].phrase)].join(' ');
  };
  const texts = [options.instructions, withPhrases(1), withPhrases(-1)];
  const sets = shown === undefined ? [[]] : [[], shown.good.slice(0, 3), shown.bad.slice(0, 3)];
  return {
    variable,
    strengthOf(value) {
      const { instructions, demonstrations } = value as unknown as PromptValue;
      const followed = effects
        .filter(([name]) => directives[name].pattern.test(instructions))
        .map(([, effect]) => effect);
      if (shown === undefined) return sumOf(followed);
      const worth = [1, 0.6, 0.4].map((share, index) => {
        const demonstration = demonstrations[index];
        return demonstration === undefined ? 0 : (share / 2) * (2 * qualityOf(demonstration, shown.field) - 1);
      });
      const total = worth.reduce((sum, item) => sum + item, 0);
      return sumOf([...followed, { wording: total * shown.effect.wording, grounding: total * shown.effect.grounding }]);
    },
    representatives: texts.flatMap((instructions) =>
      sets.map((demonstrations) => ({ instructions, demonstrations }) as unknown as Json),
    ),
  };
}

/** A number with an interior optimum: `effect` at `peak`, falling to nothing at `width` away from it (a parabola). */
export function peakedSetting(options: {
  type: 'range' | 'integer';
  low: number;
  high: number;
  initial: number;
  peak: number;
  width: number;
  effect: Partial<Strength>;
}): Setting {
  const { low, high, initial, peak, width, effect } = options;
  return {
    variable: (options.type === 'range' ? range : integer)(low, high, { initial }),
    strengthOf(value) {
      const share = Math.max(0, 1 - ((Number(value) - peak) / width) ** 2);
      return { wording: share * (effect.wording ?? 0), grounding: share * (effect.grounding ?? 0) };
    },
    representatives: [initial, low, peak, high],
  };
}

/** A categorical setting, or with `type: 'model'` a choice of model, whose values have the listed effects. */
export function choiceSetting(type: 'oneOf' | 'model', effects: Record<string, Partial<Strength>>): Setting {
  const values = Object.keys(effects);
  return {
    variable: type === 'model' ? model(values) : oneOf(values),
    strengthOf: (value) => effects[String(value)] ?? {},
    representatives: values,
  };
}

/**
 * `count` unordered strategies with effects drawn from `seed`, in place of a component's other variables: a finite space
 * of known size. The first, the initial one, is weak. With `styles`, the names start with a style, in turn.
 */
export function strategySetting(seed: number, component: string, count: number, styles: readonly string[]): Setting {
  const random = randomStream(seed, 'strategies', component);
  const digits = String(count).length;
  const effects = Array.from({ length: count }, (_, index) => {
    const name = `${styles[index % styles.length]}-${String(index + 1).padStart(digits, '0')}`;
    const effect = { wording: 0.1 + 0.8 * random.uniform(), grounding: 0.1 + 0.8 * random.uniform() };
    return [name, index === 0 ? { wording: 0.3, grounding: 0.3 } : effect] as const;
  });
  return choiceSetting('oneOf', Object.fromEntries(effects));
}

/** The share of good attributes over all clauses of a demonstration's output, in [0, 1]; 0 for one that cannot be read. */
function qualityOf(demonstration: Demonstration, field: string): number {
  const clauses = readText(String(demonstration.outputs[field] ?? ''), String(demonstration.inputs['task'] ?? ''));
  const marks = clauses.flatMap((clause) => attributes.map((attribute) => Number(clause[attribute])));
  return marks.length === 0 ? 0 : marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
}

function sumOf(parts: readonly Partial<Strength>[]): Partial<Strength> {
  return {
    wording: parts.reduce((sum, part) => sum + (part.wording ?? 0), 0),
    grounding: parts.reduce((sum, part) => sum + (part.grounding ?? 0), 0),
  };
}
