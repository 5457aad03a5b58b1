import { demonstrations } from './demonstrations';
import { choiceSetting, peakedSetting, promptSetting } from './setting';
import { usualProbability, type Stage } from './stage';
import { syntheticSystem, type SyntheticOptions, type SyntheticSystem } from './synthetic-system';

/** outliner -> drafter -> reviewer -> editor: each keeps most of what it is given and repairs some of the rest. */
export function chain(options: Partial<SyntheticOptions> = {}): SyntheticSystem {
  return syntheticSystem(
    {
      name: 'synthetic-chain',
      description: 'Writes a report on a task in four steps.',
      kinds: ['report'],
      stages: chainStages,
    },
    options,
  );
}

function chainStages(seed: number): Stage[] {
  const shown = (field: string, parents: string[]) => ({
    field,
    effect: { wording: 0.22, grounding: 0.2 },
    good: demonstrations(seed, field, parents, ['report'], true),
    bad: demonstrations(seed, field, parents, ['report'], false),
  });
  return [
    {
      name: 'outliner',
      description: 'Outlines the report that the task asks for',
      field: 'outline',
      parents: [],
      base: { wording: 0.3, grounding: 0.3 },
      settings: {
        prompt: promptSetting({
          instructions: 'Write an outline for the task.',
          effects: {
            exact: { wording: 0.2 },
            grounded: { grounding: 0.15 },
            free: { wording: -0.1, grounding: -0.15 },
          },
          demonstrations: shown('outline', []),
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.12, grounding: 0.2 } }),
      },
      probability: usualProbability,
    },
    {
      name: 'drafter',
      description: 'Turns the outline into a draft',
      field: 'draft',
      parents: ['outline'],
      base: { wording: 0.3, grounding: 0.25 },
      settings: {
        prompt: promptSetting({
          instructions: 'Write a draft from the outline.',
          effects: { stepwise: { grounding: 0.15 }, exact: { wording: 0.2 }, brief: { wording: -0.1 } },
          demonstrations: shown('draft', ['outline']),
        }),
        focus: peakedSetting({
          type: 'range',
          low: 0,
          high: 1,
          initial: 0.1,
          peak: 0.65,
          width: 0.5,
          effect: { grounding: 0.35, wording: 0.1 },
        }),
      },
      probability: usualProbability,
    },
    {
      name: 'reviewer',
      description: 'Reviews the draft and corrects it',
      field: 'review',
      parents: ['draft'],
      base: { wording: 0.35, grounding: 0.35 },
      settings: {
        passes: peakedSetting({
          type: 'integer',
          low: 1,
          high: 12,
          initial: 1,
          peak: 5,
          width: 4.5,
          effect: { grounding: 0.35, wording: 0.15 },
        }),
        order: choiceSetting('oneOf', {
          sequential: {},
          reversed: { wording: -0.05 },
          shuffled: { grounding: -0.1 },
          grouped: { wording: 0.3, grounding: 0.1 },
        }),
      },
      probability: usualProbability,
    },
    {
      name: 'editor',
      description: 'Edits the reviewed draft into the final report',
      field: 'answer',
      parents: ['review'],
      base: { wording: 0.3, grounding: 0.3 },
      settings: {
        prompt: promptSetting({
          instructions: 'Edit the review into a final answer.',
          effects: { brief: { wording: 0.2 }, checked: { grounding: 0.2 }, free: { grounding: -0.2 } },
          demonstrations: shown('answer', ['review']),
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.1, grounding: 0.2 } }),
      },
      probability: usualProbability,
    },
  ];
}
