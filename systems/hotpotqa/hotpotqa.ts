import { z } from 'zod';
import { component } from '../../core/system/component';
import { renderMessages } from '../../core/system/render-prompt';
import { system, type System } from '../../core/system/system';
import { model, oneOf, prompt, range } from '../../core/system/variable';
import { loadOnce } from '../datasets/load-once';
import type { InstructAndBase } from '../instruct-and-base';
import { passageIndex, type Encode, type RetrievalMode } from '../retrieval/passage-index';
import { rememberVectors } from '../retrieval/remember-vectors';
import { firstLine } from '../short-answers/first-line';
import { hotpotqaMetric } from './hotpotqa-metric';
import type { HotpotqaExample } from './hotpotqa-row';
import { readHotpotqa } from './read-hotpotqa';

export interface HotpotqaOptions {
  /** The sentence encoder behind dense and hybrid retrieval. */
  encode: Encode;
  /** The files that its vectors depend on (model and tokenizer): part of the retriever's version. */
  encoderFiles?: readonly string[];
  models: InstructAndBase;
}

/** Paragraphs are cut after so many words: small models lose the thread in long prompts. */
const paragraphWords = 60;

/**
 * Multi-hop question answering (HotpotQA, distractor setting): `question_rewriter` -> `wikipedia_retriever` ->
 * `answer_generator`. The search runs over the ten paragraphs that come with each question.
 */
export function hotpotqa({ encode, encoderFiles = [], models: { instruct, base } }: HotpotqaOptions): System {
  const encodeOnce = rememberVectors(encode);

  const questionRewriter = component({
    name: 'question_rewriter',
    description: 'Turns a question into a short search query that finds the Wikipedia paragraphs with the answer',
    input: z.object({ question: z.string() }),
    output: z.object({ query: z.string() }),
    configuration: {
      prompt: prompt('Write a search query for the question.', { demonstrations: { max: 2 } }),
    },
    captures: { model: base },
    run: async (inputs, { configuration, models }) => {
      const messages = renderMessages(configuration.prompt, inputs, {
        output: 'query',
        labels: { query: 'Search query' },
      });
      const { text } = await models.chat({ model: base, messages, maxTokens: 24, stop: ['\n'] });
      return { query: firstLine(text) };
    },
  });

  const wikipediaRetriever = component({
    name: 'wikipedia_retriever',
    description: 'Returns the Wikipedia paragraphs that best match the query',
    input: z.object({ query: z.string(), paragraphs: z.array(z.string()) }),
    output: z.object({ passages: z.array(z.string()) }),
    configuration: {
      k: oneOf([1, 2, 3, 5], { initial: 3 }),
      mode: oneOf<RetrievalMode>(['bm25', 'dense', 'hybrid'], { initial: 'dense' }),
      blend: range(0, 1, { initial: 0.5, when: { mode: 'hybrid' } }),
      // Small models copy from what they read last.
      order: oneOf(['best first', 'best last'], { initial: 'best first' }),
    },
    deterministic: true,
    resources: [...encoderFiles],
    run: async ({ query, paragraphs }, { configuration, signal }) => {
      const index = passageIndex(paragraphs.map(shortened), encodeOnce);
      const passages = await index.search(query, configuration, signal);
      return { passages: configuration.order === 'best first' ? passages : passages.toReversed() };
    },
  });

  const answerGenerator = component({
    name: 'answer_generator',
    description: 'Answers the question in a few words, from the passages',
    input: z.object({ passages: z.array(z.string()), question: z.string() }),
    output: z.object({ answer: z.string() }),
    configuration: {
      prompt: prompt('Answer the question in a few words, from the passages.', { demonstrations: { max: 2 } }),
      model: model([...new Set([instruct, base])]),
    },
    run: async (inputs, { configuration, models }) => {
      const messages = renderMessages(configuration.prompt, inputs, {
        output: 'answer',
        fields: ['passages', 'question'],
      });
      const { text } = await models.chat({ model: configuration.model, messages, maxTokens: 16, stop: ['\n'] });
      return { answer: firstLine(text) };
    },
  });

  return system({
    name: 'hotpotqa',
    description: 'Answers questions that need facts from two Wikipedia paragraphs',
    input: z.object({ question: z.string(), paragraphs: z.array(z.string()) }),
    output: z.object({ answer: z.string() }),
    components: [questionRewriter, wikipediaRetriever, answerGenerator],
    groundTruth: (example: HotpotqaExample) => ({ answer_generator: { answer: example.answer } }),
    metric: (example: HotpotqaExample, { answer }) => hotpotqaMetric(example.answer, answer),
    dataset: loadOnce(() => readHotpotqa()),
  });
}

function shortened(paragraph: string): string {
  const words = paragraph.split(' ');
  return words.length <= paragraphWords ? paragraph : `${words.slice(0, paragraphWords).join(' ')} ...`;
}
