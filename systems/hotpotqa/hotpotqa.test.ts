import { directCaller } from '../../core/system/direct-caller';
import { initialConfiguration, type Configuration } from '../../core/system/configuration';
import { runExample, scoreTrace } from '../../core/system/interpreter';
import type { ChatRequest } from '../../core/system/run-context';
import { countWords } from '../retrieval/testing/count-words';
import { dataFolderOf, hotpotqaRows } from '../datasets/testing/official-files';
import { hotpotqa } from './hotpotqa';
import { hotpotqaRow } from './hotpotqa-row';

const system = hotpotqa({
  encode: countWords,
  encoderFiles: ['encoder.onnx'],
  models: { instruct: 'small', base: 'large' },
});
const initial = initialConfiguration(system);
const example = hotpotqaRow.parse(hotpotqaRows(3, 'd')[2]);

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
  const retrieved = trace.components['wikipedia_retriever']?.outcome;
  const passages = retrieved?.status === 'ok' ? (retrieved.outputs['passages'] as string[]) : [];
  return { requests, passages, score: await scoreTrace(trace, common) };
}

/** Searches for the picture's name, and answers with the town of the first passage that names one. */
const reader = ({ messages }: ChatRequest): string => {
  const prompt = messages.at(-1)?.content ?? '';
  return prompt.startsWith('Passages:')
    ? `${/born in (Town \d+)/.exec(prompt)?.[1] ?? 'unknown'}\nmore`
    : 'painter of picture 2\n';
};

describe('hotpotqa', () => {
  it('answers from the passages that the query finds among those of the question', async () => {
    const { requests, passages, score } = await answerWith(reader);
    expect(passages).toHaveLength(3);
    expect(passages.slice(0, 2).sort()).toEqual([
      'Painter 2: Painter 2 was born in Town 2.',
      'Picture 2: Picture 2 is a work by Painter 2.',
    ]);
    expect(requests.map(({ model, maxTokens }) => [model, maxTokens])).toEqual([
      ['large', 24],
      ['small', 16],
    ]);
    expect(requests[1]?.messages.at(-1)?.content).toBe(
      `Passages: ${passages.join('\n')}\nQuestion: ${example.question}\nAnswer:`,
    );
    expect(score).toMatchObject({ score: 1, subScores: { exactMatch: 1 }, feedback: 'Correct.' });
  });

  it('does not answer where the search finds other passages', async () => {
    const lost = (request: ChatRequest) =>
      request.messages.at(-1)?.content.startsWith('Passages:') ? reader(request) : 'long river';
    expect((await answerWith(lost)).score).toMatchObject({
      score: 0,
      feedback: "'unknown' is wrong; 'Town 2' was expected.",
    });
  });

  it('obeys every setting', async () => {
    const demonstrations = [{ inputs: { passages: ['P.'], question: 'Q?' }, outputs: { answer: 'A' } }];
    const settings = (order: string) => ({
      question_rewriter: { prompt: { instructions: 'Copy the question.', demonstrations: [] } },
      wikipedia_retriever: { k: 2, mode: 'bm25', blend: 0.5, order },
      answer_generator: { prompt: { instructions: 'Be brief.', demonstrations }, model: 'large' },
    });
    const { requests, passages } = await answerWith(reader, settings('best first'));
    expect(passages).toHaveLength(2);
    expect((await answerWith(reader, settings('best last'))).passages).toEqual(passages.toReversed());
    expect(requests[0]?.messages[0]?.content).toBe('Copy the question.');
    expect(requests[1]?.model).toBe('large');
    expect(requests[1]?.messages.slice(0, 3).map(({ content }) => content)).toEqual([
      'Be brief.',
      'Passages: P.\nQuestion: Q?\nAnswer:',
      'A',
    ]);
  });

  it('cuts long paragraphs', async () => {
    const retriever = system.components.find(({ name }) => name === 'wikipedia_retriever');
    const long = Array.from({ length: 61 }, (_, at) => `w${at}`).join(' ');
    const inputs = { query: 'w1', paragraphs: [long] };
    const configuration = initial['wikipedia_retriever'];
    const found = await retriever?.run(inputs as never, { configuration } as never);
    expect(found).toEqual({ passages: [long.replace(' w60', ' ...')] });
  });

  it('tells what its deterministic retriever depends on, and the ideal answer', () => {
    const retriever = system.components.find(({ name }) => name === 'wikipedia_retriever');
    expect(retriever).toMatchObject({ deterministic: true, resources: ['encoder.onnx'] });
    expect(system.groundTruth?.(example as never)).toEqual({ answer_generator: { answer: 'Town 2' } });
  });

  it('loads its data when asked for it, once', async () => {
    const before = process.env['OPTIMAS_DATA_DIR'];
    process.env['OPTIMAS_DATA_DIR'] = dataFolderOf({});
    const load = system.dataset as () => Promise<unknown>;
    try {
      await expect(load()).rejects.toThrow('the HotpotQA data is missing');
      process.env['OPTIMAS_DATA_DIR'] = dataFolderOf({
        'hotpotqa_train.jsonl': hotpotqaRows(2, 't', 'id'),
        'hotpotqa_dev.jsonl': hotpotqaRows(5, 'd', 'id'),
      });
      const loaded = await load();
      expect(loaded).toMatchObject({ test: [{ answer: expect.stringMatching(/^Town/) }] });
      expect(await load()).toBe(loaded);
    } finally {
      if (before === undefined) delete process.env['OPTIMAS_DATA_DIR'];
      else process.env['OPTIMAS_DATA_DIR'] = before;
    }
  });
});
