import { z } from 'zod';
import type { DecisionRecord } from '../activities/decide';
import { proposalsRecords } from '../activities/optimize-component/proposals-record';
import type { RunPlan } from '../core/run/plan';
import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';
import { component } from '../core/system/component';
import { renderMessages } from '../core/system/render-prompt';
import type { MetricResult } from '../core/system/run-context';
import { system, type System } from '../core/system/system';
import { prompt, type PromptVariable } from '../core/system/variable';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import type { ScriptedChatRequest } from './support/scripted-endpoint-options';
import { quickActivities, TestRuns } from './support/test-run';

jest.setTimeout(400_000);

/** No attempt may be given up because a busy machine made its heartbeat late. */
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };

type Row = { id: string; number: number };
const rows = (split: string, count: number, from: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${split}-${index}`, number: from + index }));

/** One component that is to say twice a number with the model of its name. */
function doubling(model: string, variable: PromptVariable, feedback?: string): System {
  return system({
    name: model,
    input: z.object({ number: z.number() }),
    output: z.object({ double: z.string() }),
    components: [
      component({
        name: 'doubler',
        description: 'Says twice the number',
        input: z.object({ number: z.number() }),
        output: z.object({ double: z.string() }),
        configuration: { prompt: variable },
        run: async ({ number }, { configuration, models }) => {
          const messages = renderMessages(configuration.prompt, { number }, { output: 'double' });
          return { double: (await models.chat({ model, messages, maxTokens: 8 })).text };
        },
      }),
    ],
    metric: ({ number }: Row, { double }): MetricResult => {
      const score = double === String(2 * number) ? 1 : 0;
      return { score, ...(score === 0 && feedback !== undefined && { feedback }) };
    },
    groundTruth: ({ number }: Row) => ({ doubler: { double: String(2 * number) } }),
    dataset: { train: rows('train', 24, 100), validation: rows('validation', 24, 200), test: rows('test', 20, 300) },
  });
}

const systems = [
  doubling('spirit', prompt('Double it.'), 'it answers only to abracadabra'),
  doubling('pupil', prompt('Double it.')),
  doubling('apprentice', prompt('Double it.', { demonstrations: { max: 2 } })),
];

const written = (...texts: string[]): string => texts.map((text) => `<instructions>${text}</instructions>`).join('\n');

/** What the proposer finds out from what it is shown, and nothing else. */
function sage(request: string): string {
  if (request.includes('it answers only to abracadabra')) return written('Say abracadabra, then double it.');
  if (request.includes('Two instructions for it were tried')) {
    const shown = ['even', 'odd'].filter((parity) => request.includes(`Mind ${parity} numbers.`));
    return written(`Mind ${shown.join(' and ')} numbers.`);
  }
  return written('Mind even numbers.', 'Mind odd numbers.');
}

function reply({ model, messages }: ScriptedChatRequest): string {
  const last = messages.at(-1)?.content ?? '';
  if (model === 'sage') return sage(last);
  const number = Number(/(\d+)\n\w+:\s*$/.exec(last)?.[1]);
  const told = messages.find(({ role }) => role === 'system')?.content ?? '';
  const isShown = messages.some(({ role }) => role === 'assistant');
  const right =
    (model === 'spirit' && told.includes('abracadabra')) ||
    (model === 'pupil' && told.includes(number % 2 === 0 ? 'even' : 'odd')) ||
    (model === 'apprentice' && isShown && /\b(brief|briefly|short|only|exactly)\b/i.test(told));
  return right ? String(2 * number) : `about ${number}`;
}

describe('an accepted update', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;

  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply });
    const models = { spirit: {}, pupil: {}, apprentice: {}, sage: {} };
    runs = await TestRuns.open({
      systems,
      endpoints: { scripted: { baseURL: endpoint.url, models, pure: true, concurrency: 32 } },
      config: { proposer: 'sage' },
    });
  });

  afterAll(async () => {
    await runs.close();
    await endpoint.close();
  });

  /** A run, and the origins of what it accepted. */
  async function optimized(name: string, plan: Partial<RunPlan>): Promise<{ document: ResultDocument; by: unknown[] }> {
    const runId = await runs.start({ system: name, plan, activities });
    await runs.client.result(runId);
    const document = resultDocumentSchema.parse(await runs.client.document(runId));
    const { stores } = runs.runtime;
    const by: unknown[] = [];
    for (const { iteration, body } of await stores.ledger.list(runId, { kind: 'decision' })) {
      const { accepted, incumbent } = body as unknown as DecisionRecord;
      if (!accepted) continue;
      const [record] = await proposalsRecords(stores, runId, { iteration });
      by.push(record?.proposals.find(({ configurationHash }) => configurationHash === incumbent)?.origin);
    }
    return { document, by };
  }

  it("of reflection comes from the metric's feedback and raises the held-out score", async () => {
    const { document, by } = await optimized('spirit', { iterations: 1, optimizers: ['reflection'] });
    expect(by).toEqual(['reflection']);
    expect(document.final).toMatchObject({ test: { mean: 1 }, gain: { mean: 1 } });
  });

  it('of a merge combines two instructions of which each is good at something, and raises the held-out score', async () => {
    const { document, by } = await optimized('pupil', { iterations: 2, optimizers: ['opro', 'merge'] });
    expect(by).toEqual(['opro', 'merge']);
    expect(document.iterations).toMatchObject([{ after: 0.5 }, { before: 0.5, after: 1 }]);
    expect(document.final).toMatchObject({ test: { mean: 1 }, gain: { mean: 1 } });
    expect(document.configuration['doubler']?.['prompt']).toMatchObject({ instructions: 'Mind even and odd numbers.' });
  });

  it('of instructions and demonstrations together raises the held-out score where neither does alone', async () => {
    const { document, by } = await optimized('apprentice', {
      iterations: 3,
      optimizers: ['instructions-and-demonstrations'],
    });
    expect(by).toEqual(['instructions-and-demonstrations']);
    const accepted = document.iterations.find((iteration) => iteration.accepted);
    expect(accepted?.changed.map(({ kind }) => kind).sort()).toEqual(['demonstrations', 'instructions']);
    expect(document.final).toMatchObject({ test: { mean: 1 }, gain: { mean: 1 } });
  });
});
