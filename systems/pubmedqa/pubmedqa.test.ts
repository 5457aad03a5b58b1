import { directCaller } from '../../core/system/direct-caller';
import { initialConfiguration, type Configuration } from '../../core/system/configuration';
import { runExample, scoreTrace } from '../../core/system/interpreter';
import type { ChatRequest } from '../../core/system/run-context';
import { countWords } from '../retrieval/testing/count-words';
import { pubmedqa } from './pubmedqa';
import type { PubmedqaExample } from './pubmedqa-row';

const system = pubmedqa({
  encode: countWords,
  encoderFiles: ['encoder.onnx'],
  models: { instruct: 'small', base: 'large' },
});
const initial = initialConfiguration(system);
const example: PubmedqaExample = {
  id: '1',
  question: 'Does aspirin lower fever?',
  contexts: [
    'BACKGROUND: Pain is common. Many take aspirin.',
    'METHODS: We watched 90 people. They were adults.',
    'RESULTS: In all, aspirin did lower fever. Sleep was better.',
  ],
  answer: 'yes',
};

/** Runs the example against an endpoint that answers by a pure function of the request. */
async function answerWith(reply: (request: ChatRequest) => string, configuration: Configuration = initial) {
  const requests: ChatRequest[] = [];
  const usage = { promptTokens: 1, completionTokens: 1, usd: 0, latencyMs: 0 };
  const caller = directCaller({
    chat: async (request) => {
      requests.push(request);
      return { text: reply(request), finishReason: 'stop', usage };
    },
    embed: () => Promise.reject(new Error('not used')),
  });
  const draw = { runSeed: 0, purpose: 'test', iteration: -1, exampleId: example.id, index: 0 } as const;
  const common = { system, example, draw, caller, signal: new AbortController().signal };
  const trace = await runExample({ ...common, configuration });
  const selected = trace.components['context_selector']?.outcome;
  const evidence = selected?.status === 'ok' ? (selected.outputs['evidence'] as string[]) : [];
  return { requests, evidence, score: await scoreTrace(trace, common) };
}

/** Sums up whether the evidence has the result, and answers from the summary. */
const reader = ({ messages }: ChatRequest): string => {
  const prompt = messages.at(-1)?.content ?? '';
  if (prompt.startsWith('Evidence:')) return prompt.includes('did lower') ? ' It did.\nmore' : 'Unclear.';
  return prompt.startsWith('Summary: It did.\n') ? 'Yes, it does.' : 'Notable';
};

const selecting = (settings: object): Configuration => ({
  ...initial,
  context_selector: { ...initial['context_selector'], ...settings },
});

describe('pubmedqa', () => {
  it('answers from a summary of the evidence that the question finds', async () => {
    const { requests, evidence, score } = await answerWith(reader);
    expect(evidence).toHaveLength(4);
    expect(evidence).toContain('RESULTS: In all, aspirin did lower fever.');
    expect(requests.map(({ model, maxTokens }) => [model, maxTokens])).toEqual([
      ['small', 48],
      ['small', 8],
    ]);
    expect(requests[0]?.messages.at(-1)?.content).toBe(
      `Evidence: ${evidence.join('\n')}\nQuestion: ${example.question}\nSummary:`,
    );
    expect(requests[1]?.messages.at(-1)?.content).toBe(`Summary: It did.\nQuestion: ${example.question}\nAnswer:`);
    expect(score).toMatchObject({ score: 1, subScores: { readable: 1 }, feedback: 'Correct.' });
  });

  it('selects the best sentences, in the order of the abstract or the best one first', async () => {
    const [background, result] = ['BACKGROUND: Many take aspirin.', 'RESULTS: In all, aspirin did lower fever.'];
    const evidence = async (order: string) =>
      (await answerWith(reader, selecting({ sentences: 2, mode: 'bm25', order }))).evidence;
    expect(await evidence('document')).toEqual([background, result]);
    expect(await evidence('relevance')).toEqual([result, background]);
  });

  it('scores an answer that only begins like a decision 0', async () => {
    const { score } = await answerWith(({ messages }) =>
      messages.at(-1)?.content.startsWith('Evidence:') ? 'Unclear.' : 'Yesterday.',
    );
    expect(score).toMatchObject({ score: 0, feedback: expect.stringContaining("not with 'Yesterday.'") });
  });

  it('obeys prompts and choices of model', async () => {
    const demonstrations = [{ inputs: { question: 'Q?', summary: 'S.' }, outputs: { answer: 'no' } }];
    const { requests } = await answerWith(reader, {
      ...initial,
      context_analyst: { prompt: { instructions: 'Sum up.', demonstrations: [] }, model: 'large' },
      problem_solver: { prompt: { instructions: 'Decide.', demonstrations }, model: 'large' },
    });
    expect(requests.map(({ model, messages }) => [model, messages[0]?.content])).toEqual([
      ['large', 'Sum up.'],
      ['large', 'Decide.'],
    ]);
    expect(requests[1]?.messages.slice(1, 3).map(({ content }) => content)).toEqual([
      'Summary: S.\nQuestion: Q?\nAnswer:',
      'no',
    ]);
  });

  it('tells what its deterministic selector depends on, and the ideal answer', () => {
    const selector = system.components.find(({ name }) => name === 'context_selector');
    expect(selector).toMatchObject({ deterministic: true, resources: ['encoder.onnx'] });
    expect(system.groundTruth?.(example as never)).toEqual({ problem_solver: { answer: 'yes' } });
  });
});
