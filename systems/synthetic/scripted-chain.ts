import { z } from 'zod';
import { component } from '../../core/system/component';
import { renderMessages } from '../../core/system/render-prompt';
import { system, type Split, type System } from '../../core/system/system';
import { integer, model, prompt } from '../../core/system/variable';
import { questions, type QuestionExample } from './scripted-data';

export interface ScriptedChainOptions {
  seed: number;
  /** Default 40 / 60 / 40; at most 240 each. */
  examples: Record<Split, number>;
  /** Names of two models behind the scripted endpoint, of which the second one is better. Default small, large. */
  models: readonly [string, string];
}

/**
 * query_writer -> retriever -> answerer on made-up facts, with two model calls for each example, for tests of whole runs.
 * The endpoint must reply with `scriptedReply`. Gains wait in both prompts (instructions or demonstrations), in the
 * number of passages (four to seven are best) and in the answerer's model.
 */
export function scriptedChain(options: Partial<ScriptedChainOptions> = {}): System {
  const { seed = 0, models = ['small', 'large'] } = options;
  const { examples, passages } = questions(seed, options.examples ?? { train: 40, validation: 60, test: 40 });
  const words = passages.map((passage) => new Set(wordsOf(passage)));
  const queryWriter = component({
    name: 'query_writer',
    description: 'Writes a search query for the question',
    input: z.object({ question: z.string() }),
    output: z.object({ query: z.string() }),
    configuration: { prompt: prompt('Write a search query for the question.', { demonstrations: { max: 3 } }) },
    captures: { model: models[0] },
    run: async ({ question }, { configuration, models: clients }) => {
      const messages = renderMessages(configuration.prompt, { question }, { output: 'query' });
      return { query: (await clients.chat({ model: models[0], messages, maxTokens: 32 })).text };
    },
  });
  const retriever = component({
    name: 'retriever',
    description: 'Finds the passages that share most words with the query',
    input: z.object({ query: z.string() }),
    output: z.object({ passages: z.array(z.string()) }),
    configuration: { k: integer(1, 12, { initial: 2 }) },
    deterministic: true,
    captures: { passages },
    run: ({ query }, { configuration }) => {
      const wanted = new Set(wordsOf(query));
      const ranked = passages
        .map((passage, index) => ({
          passage,
          index,
          shared: [...wanted].filter((word) => words[index]?.has(word)).length,
        }))
        .sort((a, b) => b.shared - a.shared || a.index - b.index);
      return { passages: ranked.slice(0, configuration.k).map((item) => item.passage) };
    },
  });
  const answerer = component({
    name: 'answerer',
    description: 'Answers the question from the passages',
    input: z.object({ question: z.string(), passages: z.array(z.string()) }),
    output: z.object({ answer: z.string() }),
    configuration: {
      prompt: prompt('Answer the question.', { demonstrations: { max: 3 } }),
      model: model(models),
    },
    run: async ({ question, passages: found }, { configuration, models: clients }) => {
      const inputs = { question, passages: found };
      const messages = renderMessages(configuration.prompt, inputs, { output: 'answer' });
      return { answer: (await clients.chat({ model: configuration.model, messages, maxTokens: 32 })).text };
    },
  });
  return system({
    name: 'scripted-chain',
    description: 'Answers questions on made-up places from retrieved passages.',
    input: z.object({ question: z.string() }),
    output: z.object({ answer: z.string() }),
    components: [queryWriter, retriever, answerer],
    metric: (example: QuestionExample, { answer }) => {
      const score = tokenF1(wordsOf(answer), wordsOf(example.answer));
      return { score, feedback: score === 1 ? 'right' : `expected '${example.answer}', got '${answer}'` };
    },
    dataset: examples,
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\w+/g) ?? [];
}

function tokenF1(given: string[], expected: string[]): number {
  const shared = expected.filter((word) => given.includes(word)).length;
  return shared === 0 ? 0 : (2 * shared) / (given.length + expected.length);
}
