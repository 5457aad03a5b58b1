import { initialConfiguration, type Configuration } from '../../core/system/configuration';
import type { ComponentCaller } from '../../core/system/component-caller';
import { noCost, runExample, scoreTrace } from '../../core/system/interpreter';
import type { ChatRequest, ModelClients } from '../../core/system/run-context';
import { countries } from './countries';
import { passages } from './passages';
import { questionDataset, type Question } from './questions';
import { quickstart } from './quickstart';
import type { Dataset } from '../../core/system/system';

const models = { instruct: 'small', base: 'large' };
const system = quickstart({ encode: async (texts) => texts.map(() => [1]), encoderFiles: ['encoder.onnx'], models });
const initial = initialConfiguration(system);
const dataset = questionDataset() as Dataset<Question>;
const example = dataset.train[0] as Question;

/** Runs components against an endpoint that answers by a pure function of the request. */
async function answerWith(reply: (request: ChatRequest) => string, configuration: Configuration = initial) {
  const requests: ChatRequest[] = [];
  const clients: Partial<ModelClients> = {
    chat: async (request) => {
      requests.push(request);
      return { text: reply(request), finishReason: 'stop', usage: noCost };
    },
  };
  const signal = new AbortController().signal;
  const caller: ComponentCaller = {
    async callComponent({ component, inputs, configuration: settings }) {
      const context = { configuration: settings, models: clients, sample: { index: 0, seed: 1 }, signal };
      const outputs = await component.run(inputs as never, context as never);
      return {
        outcome: { status: 'ok', outputs: component.output.parse(outputs) as never },
        usage: noCost,
        memoHit: false,
      };
    },
    async callMetric({ system: { metric }, example: of, output }) {
      return {
        status: 'ok',
        result: (await metric(of as never, output as never, {} as never)) as never,
        usage: noCost,
      };
    },
  };
  const draw = { runSeed: 0, purpose: 'baseline', iteration: -1, exampleId: example.id, index: 0 } as const;
  const options = { system, configuration, example, draw, caller, signal };
  const trace = await runExample(options);
  return { trace, requests, score: await scoreTrace(trace, options) };
}

/** Copies the question as query, and answers with the reference. */
const perfect = ({ messages }: ChatRequest) =>
  messages.at(-1)?.content.startsWith('Passages:') ? `${example.answer}\nmore` : example.question;

describe('quickstart', () => {
  it('answers from the passages that the query finds', async () => {
    // The encoder above tells no text from another, so that words alone decide.
    const { trace, requests, score } = await answerWith(perfect, {
      ...initial,
      retriever: { k: 3, mode: 'hybrid', blend: 0.5 },
    });
    const retrieved = trace.components.retriever?.outcome;
    const found = retrieved?.status === 'ok' ? (retrieved.outputs.passages as string[]) : [];
    const about = passages[countries.findIndex((country) => country.code === example.country)] as string;
    expect(found).toHaveLength(3);
    expect(found[0]).toBe(about);
    expect(requests.map((request) => request.model)).toEqual(['large', 'small']);
    expect(requests[1]?.messages.at(-1)?.content).toContain(about);
    expect(score).toMatchObject({ score: 1, subScores: { exactMatch: 1 }, feedback: 'Correct.' });
  });

  it('starts with plain instructions, three passages by vector search and the instruction-tuned model', () => {
    expect(initial).toEqual({
      query_writer: { prompt: { instructions: 'Write a search query for the question.', demonstrations: [] } },
      retriever: { k: 3, mode: 'dense', blend: 0.5 },
      answerer: {
        prompt: { instructions: 'Answer the question from the passages.', demonstrations: [] },
        model: 'small',
      },
    });
  });

  it('obeys every setting', async () => {
    const demonstrations = [{ inputs: { passages: ['P.'], question: 'Q?' }, outputs: { answer: 'A' } }];
    const { requests, trace } = await answerWith(perfect, {
      query_writer: { prompt: { instructions: 'Copy the question.', demonstrations: [] } },
      retriever: { k: 1, mode: 'bm25', blend: 0.5 },
      answerer: { prompt: { instructions: 'Be brief.', demonstrations }, model: 'large' },
    });
    expect(requests[0]?.messages[0]?.content).toBe('Copy the question.');
    expect(trace.components.retriever?.outcome).toMatchObject({ outputs: { passages: [expect.any(String)] } });
    expect(requests[1]?.model).toBe('large');
    expect(requests[1]?.messages.slice(0, 3).map((message) => message.content)).toEqual([
      'Be brief.',
      'Passages: P.\nQuestion: Q?\nAnswer:',
      'A',
    ]);
  });

  it('declares what its deterministic retriever depends on', () => {
    const retriever = system.components.find((item) => item.name === 'retriever');
    expect(retriever?.deterministic).toBe(true);
    expect(retriever?.resources).toEqual([expect.stringMatching(/countries\.json$/), 'encoder.onnx']);
  });

  it('scores an empty answer 0 and says so', async () => {
    const { score } = await answerWith(() => '\n');
    expect(score).toMatchObject({ score: 0, feedback: expect.stringContaining('No answer was given') });
  });
});
