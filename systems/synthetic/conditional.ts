import { demonstrations } from './demonstrations';
import { choiceSetting, peakedSetting, promptSetting } from './setting';
import { usualProbability, type Stage } from './stage';
import { syntheticSystem, type SyntheticOptions, type SyntheticSystem } from './synthetic-system';

const kinds = ['brief', 'full'];

/** planner -> brief_writer or full_writer, by the task's kind -> editor: one of the writers is skipped for each task. */
export function conditional(options: Partial<SyntheticOptions> = {}): SyntheticSystem {
  return syntheticSystem(
    {
      name: 'synthetic-conditional',
      description: 'Plans a report and has it written by the writer for its kind, then edited.',
      kinds,
      stages: conditionalStages,
    },
    options,
  );
}

function conditionalStages(seed: number): Stage[] {
  const shown = (field: string, parents: string[]) => ({
    field,
    effect: { wording: 0.2, grounding: 0.15 },
    good: demonstrations(seed, field, parents, kinds, true),
    bad: demonstrations(seed, field, parents, kinds, false),
  });
  return [
    {
      name: 'planner',
      description: 'Plans the report that the task asks for',
      field: 'plan',
      parents: [],
      base: { wording: 0.35, grounding: 0.3 },
      settings: {
        prompt: promptSetting({
          instructions: 'Write a plan for the task.',
          effects: { exact: { wording: 0.2 }, grounded: { grounding: 0.2 }, free: { wording: -0.2 } },
          demonstrations: shown('plan', []),
        }),
        breadth: peakedSetting({
          type: 'range',
          low: 0,
          high: 10,
          initial: 9,
          peak: 3.5,
          width: 5,
          effect: { wording: 0.15, grounding: 0.25 },
        }),
      },
      probability: usualProbability,
    },
    {
      name: 'brief_writer',
      description: 'Writes the body of a brief report',
      field: 'body',
      parents: ['plan'],
      kind: 'brief',
      base: { wording: 0.25, grounding: 0.35 },
      settings: {
        prompt: promptSetting({
          instructions: 'Write the body of the report.',
          effects: { brief: { wording: 0.3 }, stepwise: { wording: -0.15 } },
          demonstrations: shown('body', ['plan']),
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.15, grounding: 0.3 } }),
      },
      probability: usualProbability,
    },
    {
      name: 'full_writer',
      description: 'Writes the body of a full report',
      field: 'body',
      parents: ['plan'],
      kind: 'full',
      base: { wording: 0.3, grounding: 0.3 },
      settings: {
        prompt: promptSetting({
          instructions: 'Write the body of the report.',
          effects: { stepwise: { wording: 0.15, grounding: 0.2 }, brief: { grounding: -0.15 } },
        }),
        sections: peakedSetting({
          type: 'integer',
          low: 1,
          high: 20,
          initial: 2,
          peak: 9,
          width: 8,
          effect: { wording: 0.3, grounding: 0.3 },
        }),
      },
      probability: usualProbability,
    },
    {
      name: 'editor',
      description: 'Edits the body into the final report',
      field: 'answer',
      parents: ['body'],
      base: { wording: 0.3, grounding: 0.3 },
      settings: {
        tone: choiceSetting('oneOf', {
          neutral: {},
          formal: { wording: 0.3, grounding: 0.1 },
          friendly: { wording: 0.1 },
          playful: { wording: -0.15, grounding: -0.1 },
        }),
        model: choiceSetting('model', { small: {}, large: { wording: 0.2, grounding: 0.35 } }),
      },
      probability: usualProbability,
    },
  ];
}
