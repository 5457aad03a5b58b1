import { demonstrations } from './demonstrations';
import { choiceSetting, peakedSetting, promptSetting } from './setting';
import { usualProbability, type Stage } from './stage';
import type { Strength } from './strength';
import { syntheticSystem, type SyntheticOptions, type SyntheticSystem } from './synthetic-system';
import type { Attribute } from './wording';

/** planner -> stylist and checker -> merger: the siblings are not each other's descendants, and each serves one attribute. */
export function fork(options: Partial<SyntheticOptions> = {}): SyntheticSystem {
  return syntheticSystem(
    {
      name: 'synthetic-fork',
      description: 'Plans a report, has wording and facts worked on side by side, and merges both.',
      kinds: ['report'],
      stages: forkStages,
    },
    options,
  );
}

function forkStages(seed: number): Stage[] {
  const shown = (field: string, parents: string[]) => ({
    field,
    effect: { wording: 0.2, grounding: 0.15 },
    good: demonstrations(seed, field, parents, ['report'], true),
    bad: demonstrations(seed, field, parents, ['report'], false),
  });
  return [
    {
      name: 'planner',
      description: 'Plans the report that the task asks for',
      field: 'plan',
      parents: [],
      base: { wording: 0.3, grounding: 0.3 },
      settings: {
        prompt: promptSetting({
          instructions: 'Write a plan for the task.',
          effects: { stepwise: { wording: 0.15, grounding: 0.15 }, free: { wording: -0.15, grounding: -0.1 } },
          demonstrations: shown('plan', []),
        }),
        depth: peakedSetting({
          type: 'integer',
          low: 1,
          high: 9,
          initial: 1,
          peak: 4,
          width: 3,
          effect: { wording: 0.3, grounding: 0.35 },
        }),
      },
      probability: usualProbability,
    },
    {
      name: 'stylist',
      description: 'Words the plan',
      field: 'wording',
      parents: ['plan'],
      base: { wording: 0.3, grounding: 0.3 },
      settings: {
        prompt: promptSetting({
          instructions: 'Put the plan into words.',
          effects: { exact: { wording: 0.3 }, brief: { wording: 0.1 }, free: { wording: -0.2 } },
          demonstrations: shown('wording', ['plan']),
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.1, grounding: 0.2 } }),
      },
      probability: usualProbability,
    },
    {
      name: 'checker',
      description: 'Checks the facts of the plan',
      field: 'facts',
      parents: ['plan'],
      base: { wording: 0.3, grounding: 0.25 },
      settings: {
        prompt: promptSetting({
          instructions: 'List the facts of the plan.',
          effects: { checked: { grounding: 0.2 }, grounded: { grounding: 0.2 }, stepwise: { wording: 0.1 } },
        }),
        threshold: peakedSetting({
          type: 'range',
          low: 0,
          high: 1,
          initial: 0.9,
          peak: 0.4,
          width: 0.45,
          effect: { grounding: 0.3, wording: 0.1 },
        }),
      },
      probability: usualProbability,
    },
    {
      name: 'merger',
      description: 'Merges wording and facts into the report',
      field: 'answer',
      parents: ['wording', 'facts'],
      base: { wording: 0.35, grounding: 0.35 },
      settings: {
        rule: choiceSetting('oneOf', {
          concatenate: {},
          alternate: { wording: 0.2, grounding: 0.05 },
          reconcile: { wording: 0.3, grounding: 0.35 },
          newest: { wording: -0.1, grounding: -0.1 },
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.2, grounding: 0.2 } }),
      },
      probability: mergeProbability,
    },
  ];
}

/** Words come from the stylist and facts from the checker; the other's text can only confirm them. */
function mergeProbability(attribute: Attribute, parents: readonly boolean[], strength: Strength): number {
  const [stylist = false, checker = false] = parents;
  const [own, other] = attribute === 'wording' ? [stylist, checker] : [checker, stylist];
  const able = strength[attribute];
  if (own) return other ? 0.72 + 0.26 * able : 0.58 + 0.3 * able;
  return other ? 0.2 + 0.2 * able : 0.05 + 0.1 * able;
}
