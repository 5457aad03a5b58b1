import { z } from 'zod';
import { defaultPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import { chooseComponent } from './choose-component';
import { resolveSystem } from './definition/resolve-system';
import { prepareRun } from './prepare-run';

const text = z.object({ text: z.string() });
const draft = z.object({ draft: z.string() });
const answer = z.object({ answer: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: 'x' }));
const configuration = { tone: oneOf(['calm', 'loud']) };

/** Its components are defined, and named, in the reverse of the graph's order. */
const reversed = system({
  name: 'reversed',
  input: text,
  output: answer,
  components: [
    component({
      name: 'answerer',
      description: 'Answers',
      input: draft,
      output: answer,
      configuration,
      deterministic: true,
      run: (inputs) => ({ answer: inputs.draft }),
    }),
    component({
      name: 'drafter',
      description: 'Drafts',
      input: text,
      output: draft,
      configuration,
      deterministic: true,
      run: (inputs) => ({ draft: inputs.text }),
    }),
  ],
  metric: () => 1,
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});

it('cheapest-first takes of components that cost the same the one that is earlier in the graph', async () => {
  const folder = await TemporaryFolder.create();
  try {
    const resolved = await resolveSystem(reversed);
    const dependencies = await activityDependencies(folder, resolved);
    const plan = { ...defaultPlan, schedule: 'cheapest-first' as const };
    const begun = { runId: 'run', system: 'reversed', seed: 0, plan, fresh: false };
    const { components } = await attempt(() => prepareRun(dependencies, begun));
    expect(components.map(({ name }) => name)).toEqual(['answerer', 'drafter']);
    const choice = await attempt(() => chooseComponent(dependencies, { runId: 'run', iteration: 0, components }));
    expect(choice).toMatchObject({ component: 'drafter', probabilities: { answerer: 0, drafter: 1 } });
    expect(choice.reason).toContain('not tried yet; the cheapest try of those that wait');
  } finally {
    await folder.remove();
  }
});
