import { z } from 'zod';
import { component } from '../core/system/component';
import { system, type System } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { LanguageModels } from '../providers/language-models';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { startScriptedEndpoint } from '../test/support/scripted-endpoint';
import type { EvaluationSummary } from './contracts';
import { evaluate } from './evaluate';
import { summarize } from './summarize';

const text = z.object({ text: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: `row ${id}${number}` }));
const messages = (content: string) => ({ model: 'small', messages: [{ role: 'user' as const, content }] });

/** Two chats and an embedding in the component, one chat in the metric. */
const talkative = system({
  name: 'talkative',
  input: text,
  output: text,
  from: { text: 'speaker.text' },
  components: [
    component({
      name: 'speaker',
      description: 'Speaks',
      input: text,
      output: text,
      configuration: { tone: oneOf(['calm', 'loud']) },
      run: async (inputs, { models }) => {
        await models.embed({ model: 'small', texts: [inputs.text] });
        await models.chat(messages(`draft ${inputs.text}`));
        return { text: (await models.chat(messages(`final ${inputs.text}`))).text };
      },
    }),
  ],
  metric: async (example: { id: string; text: string }, _, { models }) => {
    await models.chat(messages(`is ${example.text} right?`));
    return 1;
  },
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});

async function baselineOf(usage: boolean, measuredSystem: System = talkative): Promise<EvaluationSummary> {
  const folder = await TemporaryFolder.create();
  const endpoint = await startScriptedEndpoint({ reply: () => 'words', usage });
  try {
    const { dependencies, prepared } = await begunRun(folder, measuredSystem, {
      languageModels: new LanguageModels({ e: { baseURL: endpoint.url, models: { small: {} } } }, {}),
    });
    const { baseline } = prepared;
    const sample = { purpose: 'baseline', iteration: -1, count: 2 } as const;
    const range = { ...sample, split: 'validation', from: 0, to: 2 } as const;
    const measured = { runId: 'run', limits: {}, configurationHash: baseline, range };
    await attempt(() => evaluate(dependencies, measured));
    return await attempt(() => summarize(dependencies, { runId: 'run', configurationHash: baseline, ...sample }));
  } finally {
    await endpoint.close();
    await folder.remove();
  }
}

describe('summarize', () => {
  it('prices an example with every call of its components and of its metric', async () => {
    const { n, costPerExample } = await baselineOf(true);
    expect(n).toBe(2);
    expect(costPerExample.calls).toBe(4);
    expect(costPerExample.tokens).toBeGreaterThan(0);
  });

  it('counts calls of an endpoint that reports no tokens', async () => {
    expect((await baselineOf(false)).costPerExample.calls).toBe(4);
  });

  it('names the failure of all examples, however long it is, in a few hundred characters', async () => {
    const failing = system({
      name: 'failing',
      input: text,
      output: text.partial(),
      from: { text: 'speaker.text' },
      components: [
        component({
          name: 'speaker',
          description: 'Speaks, if it may',
          input: text,
          output: text,
          configuration: { tone: oneOf(['calm', 'loud']) },
          when: () => {
            throw new Error(`no voice${'!'.repeat(200_000)}`);
          },
          run: (inputs) => inputs,
        }),
      ],
      metric: () => 1,
      dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
    });
    const { nothingWorks, failures } = await baselineOf(true, failing);
    expect(failures).toBe(2);
    expect(nothingWorks).toMatch(/^all 2 examples failed; most often: .*no voice!+\.\.\. \(\d+ characters more\)\. /);
    expect(nothingWorks?.length).toBeLessThan(1_000);
  });
});
