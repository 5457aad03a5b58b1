import type { ComponentConfiguration } from '../../core/system/configuration';
import { randomStream } from '../../core/random/stream';
import type { Setting } from './setting';
import { addStrengths, type Strength } from './strength';
import type { Attribute } from './wording';

/** One component of a synthetic system: which texts it reads, and the law of the clauses it writes. */
export interface Stage {
  name: string;
  description: string;
  /** The field it outputs, also the noun in its sentences. */
  field: string;
  /** The fields of other stages that it reads, beside the task. */
  parents: readonly string[];
  /** Set for a conditional stage: it runs on tasks of this kind only. */
  kind?: string;
  settings: Record<string, Setting>;
  /** Strength before any setting. */
  base: Strength;
  /** Styles of which the stage has one, by its setting `style` or by the name of its strategy. */
  styles?: readonly string[];
  /** The probability that a clause's attribute is good, given the same attribute of the parents' clauses on that facet. */
  probability(attribute: Attribute, parents: readonly boolean[], strength: Strength, style: string): number;
}

/** What a configuration makes of a stage. */
export interface Ability {
  strength: Strength;
  style: string;
}

export function abilityOf(stage: Stage, settings: ComponentConfiguration): Ability {
  const effects = Object.entries(stage.settings).map(([name, setting]) => setting.strengthOf(settings[name] ?? null));
  const value = String(settings['style'] ?? settings['strategy'] ?? '');
  return {
    strength: addStrengths(stage.base, ...effects),
    style: stage.styles?.find((style) => value.startsWith(style)) ?? '',
  };
}

/** How hard a task is for a stage, uniform in [0, 1) over tasks. */
export type Difficulty = (stage: Stage, task: string) => number;

export function difficulties(seed: number): Difficulty {
  const known = new Map<string, Map<string, number>>();
  return (stage, task) => {
    const ofStage = known.get(stage.name) ?? new Map<string, number>();
    known.set(stage.name, ofStage);
    const value = ofStage.get(task) ?? randomStream(seed, 'difficulty', stage.name, task).uniform();
    ofStage.set(task, value);
    return value;
  };
}

/**
 * The probability of a good attribute for one task, from the probability in the average over all tasks. The mode is
 * decided by the task's difficulty for the stage, the same for all its clauses, so that the average over tasks is kept;
 * `noise` is the share of outcomes drawn afresh instead (0: deterministic, 1: the difficulty is unseen).
 */
export function taskProbability(average: number, difficulty: number, noise: number): number {
  return (1 - noise) * Number(difficulty < average) + noise * average;
}

/** Sampling at a temperature flattens the law towards even odds. */
export function flattened(probability: number, temperature: number | undefined): number {
  const share = 0.7 * Math.min(1, temperature ?? 0);
  return (1 - share) * probability + share * 0.5;
}

/** The usual law of a stage with no parents (creates), or with some (keeps what is good, repairs little of what is bad). */
export function usualProbability(attribute: Attribute, parents: readonly boolean[], strength: Strength): number {
  const able = strength[attribute];
  if (parents.length === 0) return 0.05 + 0.9 * able;
  const good = parents.filter(Boolean).length / parents.length;
  return good * (0.66 + 0.31 * able) + (1 - good) * (0.08 + 0.2 * able);
}
