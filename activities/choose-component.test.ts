import { z } from 'zod';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { chooseComponent } from './choose-component';

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
    const { dependencies, prepared } = await begunRun(folder, reversed, { plan: { schedule: 'cheapest-first' } });
    const { components } = prepared;
    expect(components.map(({ name }) => name)).toEqual(['answerer', 'drafter']);
    const choice = await attempt(() => chooseComponent(dependencies, { runId: 'run', iteration: 0, components }));
    expect(choice).toMatchObject({ component: 'drafter', probabilities: { answerer: 0, drafter: 1 } });
    expect(choice.reason).toContain('not tried yet; the cheapest try of those that wait');
  } finally {
    await folder.remove();
  }
});
