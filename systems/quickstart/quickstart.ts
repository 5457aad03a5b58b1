import { z } from 'zod';
import { component } from '../../core/system/component';
import { renderMessages } from '../../core/system/render-prompt';
import { system, type System } from '../../core/system/system';
import { model, oneOf, prompt, range } from '../../core/system/variable';
import type { InstructAndBase } from '../instruct-and-base';
import { passageIndex, type Encode, type RetrievalMode } from '../retrieval/passage-index';
import { answerMetric } from '../short-answers/answer-metric';
import { firstLine } from '../short-answers/first-line';
import { countriesFile } from './countries';
import { passages } from './passages';
import { questionDataset, type Question } from './questions';

export interface QuickstartOptions {
  /** The sentence encoder behind dense and hybrid retrieval. */
  encode: Encode;
  /** The files that its vectors depend on (model and tokenizer): part of the retriever's version. */
  encoderFiles?: readonly string[];
  models: InstructAndBase;
}

/** Enough for a search query and for all but the longest lists of names; models that do not stop are cut here. */
const maxTokens = 20;

/**
 * Question answering about countries: `query_writer` -> `retriever` -> `answerer`. Every setting starts where an engineer
 * would start with so small a model: plain instructions, three passages by vector search, the instruction-tuned model as
 * answerer.
 */
export function quickstart({ encode, encoderFiles = [], models: { instruct, base } }: QuickstartOptions): System {
  const index = passageIndex(passages, encode);

  const queryWriter = component({
    name: 'query_writer',
    description: 'Turns a question about a country into a short search query that finds the passage about the country',
    input: z.object({ question: z.string() }),
    output: z.object({ query: z.string() }),
    configuration: {
      prompt: prompt('Write a search query for the question.', { demonstrations: { max: 4 } }),
    },
    captures: { model: base },
    run: async (inputs, { configuration, models }) => {
      const messages = renderMessages(configuration.prompt, inputs, {
        output: 'query',
        labels: { query: 'Search query' },
      });
      const { text } = await models.chat({ model: base, messages, maxTokens, stop: ['\n'] });
      return { query: firstLine(text) };
    },
  });

  const retriever = component({
    name: 'retriever',
    description: 'Returns the passages about countries that best match the query, the best one first',
    input: z.object({ query: z.string() }),
    output: z.object({ passages: z.array(z.string()) }),
    configuration: {
      k: oneOf([1, 2, 3], { initial: 3 }),
      mode: oneOf<RetrievalMode>(['bm25', 'dense', 'hybrid'], { initial: 'dense' }),
      blend: range(0, 1, { initial: 0.5, when: { mode: 'hybrid' } }),
    },
    deterministic: true,
    resources: [countriesFile, ...encoderFiles],
    run: async ({ query }, { configuration, signal }) => ({
      passages: await index.search(query, configuration, signal),
    }),
  });

  const answerer = component({
    name: 'answerer',
    description: 'Answers a question about a country in a few words, from the passages',
    input: z.object({ passages: z.array(z.string()), question: z.string() }),
    output: z.object({ answer: z.string() }),
    configuration: {
      prompt: prompt('Answer the question from the passages.', { demonstrations: { max: 4 } }),
      model: model([...new Set([instruct, base])]),
    },
    run: async (inputs, { configuration, models }) => {
      const messages = renderMessages(configuration.prompt, inputs, {
        output: 'answer',
        fields: ['passages', 'question'],
      });
      const { text } = await models.chat({ model: configuration.model, messages, maxTokens, stop: ['\n'] });
      return { answer: firstLine(text) };
    },
  });

  return system({
    name: 'quickstart',
    description: 'Answers questions about countries from a collection of short passages',
    input: z.object({ question: z.string() }),
    output: z.object({ answer: z.string() }),
    components: [queryWriter, retriever, answerer],
    // The data has the answer, so the answerer's ideal output is known; what the ideal query is, nobody says.
    groundTruth: (example: Question) => ({ answerer: { answer: example.answer } }),
    metric: (example: Question, { answer }) => answerMetric(example.answer, answer),
    dataset: questionDataset,
  });
}
