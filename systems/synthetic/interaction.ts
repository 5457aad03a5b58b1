import { demonstrations } from './demonstrations';
import { choiceSetting, peakedSetting, promptSetting } from './setting';
import { usualProbability, type Stage } from './stage';
import type { Strength } from './strength';
import { syntheticSystem, type SyntheticOptions, type SyntheticSystem } from './synthetic-system';
import type { Attribute } from './wording';

/**
 * planner -> writer -> reviewer -> editor, where the writer either copies the plan's wording, so that a precise plan is
 * good, or expands it, so that a precise plan leaves it nothing to do and an open one is good. There are two
 * component-wise maxima; the better one needs the planner's and the writer's style to change together.
 */
export function interaction(options: Partial<SyntheticOptions> = {}): SyntheticSystem {
  return syntheticSystem(
    {
      name: 'synthetic-interaction',
      description: 'Writes a report from a plan whose best wording depends on how the plan is used.',
      kinds: ['report'],
      stages: interactionStages,
    },
    options,
  );
}

function interactionStages(seed: number): Stage[] {
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
      base: { wording: 0.35, grounding: 0.35 },
      styles: ['exact', 'open'],
      settings: {
        style: choiceSetting('oneOf', { exact: {}, open: {} }),
        prompt: promptSetting({
          instructions: 'Write a plan for the task.',
          effects: { stepwise: { wording: 0.25 }, grounded: { grounding: 0.25 }, free: { wording: -0.15 } },
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.3, grounding: 0.3 } }),
      },
      probability: planProbability,
    },
    {
      name: 'writer',
      description: 'Writes a draft from the plan',
      field: 'draft',
      parents: ['plan'],
      base: { wording: 0.35, grounding: 0.35 },
      styles: ['copy', 'expand'],
      settings: {
        style: choiceSetting('oneOf', { copy: {}, expand: {} }),
        length: peakedSetting({
          type: 'integer',
          low: 1,
          high: 16,
          initial: 2,
          peak: 7,
          width: 6,
          effect: { wording: 0.2, grounding: 0.3 },
        }),
        prompt: promptSetting({
          instructions: 'Write a draft from the plan.',
          effects: { exact: { wording: 0.15 }, checked: { grounding: 0.1 }, brief: { wording: -0.1 } },
          demonstrations: shown('draft', ['plan']),
        }),
      },
      probability: draftProbability,
    },
    {
      name: 'reviewer',
      description: 'Reviews the draft and corrects it',
      field: 'review',
      parents: ['draft'],
      base: { wording: 0.4, grounding: 0.4 },
      settings: {
        strictness: peakedSetting({
          type: 'range',
          low: 0,
          high: 1,
          initial: 0.95,
          peak: 0.55,
          width: 0.45,
          effect: { wording: 0.3, grounding: 0.3 },
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.2, grounding: 0.2 } }),
      },
      probability: usualProbability,
    },
    {
      name: 'editor',
      description: 'Edits the reviewed draft into the final report',
      field: 'answer',
      parents: ['review'],
      base: { wording: 0.35, grounding: 0.35 },
      settings: {
        prompt: promptSetting({
          instructions: 'Edit the review into a final answer.',
          effects: { brief: { wording: 0.2 }, grounded: { grounding: 0.25 }, free: { grounding: -0.2 } },
          demonstrations: shown('answer', ['review']),
        }),
        tone: choiceSetting('oneOf', {
          neutral: {},
          formal: { wording: 0.15, grounding: 0.1 },
          playful: { wording: -0.15 },
        }),
      },
      probability: usualProbability,
    },
  ];
}

function planProbability(attribute: Attribute, parents: readonly boolean[], strength: Strength, style: string): number {
  const good = usualProbability(attribute, parents, strength);
  return attribute === 'wording' && style === 'open' ? 1 - good : good;
}

function draftProbability(
  attribute: Attribute,
  parents: readonly boolean[],
  strength: Strength,
  style: string,
): number {
  if (attribute === 'grounding') return usualProbability(attribute, parents, strength);
  const [precise = false] = parents;
  if (style === 'expand') return precise ? 0.05 + 0.15 * strength.wording : 0.7 + 0.28 * strength.wording;
  return precise ? 0.6 + 0.22 * strength.wording : 0.05 + 0.15 * strength.wording;
}
