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
import { decisionMetric } from './decision-metric';
import type { PubmedqaExample } from './pubmedqa-row';
import { readPubmedqa } from './read-pubmedqa';
import { sentencesOf } from './sentences';

export interface PubmedqaOptions {
  /** The sentence encoder behind dense and hybrid selection. */
  encode: Encode;
  /** The files that its vectors depend on (model and tokenizer): part of the selector's version. */
  encoderFiles?: readonly string[];
  models: InstructAndBase;
}

/**
 * Yes, no or maybe to a question of medical research, from an abstract without its conclusion (PubMedQA):
 * `context_selector` -> `context_analyst` -> `problem_solver`.
 */
export function pubmedqa({ encode, encoderFiles = [], models: { instruct, base } }: PubmedqaOptions): System {
  const encodeOnce = rememberVectors(encode);
  const modelNames = [...new Set([instruct, base])];

  const contextSelector = component({
    name: 'context_selector',
    description: 'Selects the sentences of an abstract that help most to answer the question',
    input: z.object({ question: z.string(), contexts: z.array(z.string()) }),
    output: z.object({ evidence: z.array(z.string()) }),
    configuration: {
      sentences: oneOf([2, 4, 6, 8], { initial: 4 }),
      mode: oneOf<RetrievalMode>(['bm25', 'dense', 'hybrid'], { initial: 'dense' }),
      blend: range(0, 1, { initial: 0.5, when: { mode: 'hybrid' } }),
      order: oneOf(['document', 'relevance'], { initial: 'document' }),
    },
    deterministic: true,
    resources: [...encoderFiles],
    run: async ({ question, contexts }, { configuration, signal }) => {
      const { sentences: k, mode, blend, order } = configuration;
      const all = sentencesOf(contexts);
      const best = await passageIndex(all, encodeOnce).rank(question, { k, mode, blend }, signal);
      const selected = order === 'document' ? best.toSorted((a, b) => a - b) : best;
      return { evidence: selected.map((at) => all[at] as string) };
    },
  });

  const contextAnalyst = component({
    name: 'context_analyst',
    description: 'Says in a sentence or two what the evidence means for the question',
    input: z.object({ question: z.string(), evidence: z.array(z.string()) }),
    output: z.object({ summary: z.string() }),
    configuration: {
      prompt: prompt('Summarize what the evidence says about the question.'),
      model: model(modelNames),
    },
    run: async (inputs, { configuration, models }) => {
      const messages = renderMessages(configuration.prompt, inputs, {
        output: 'summary',
        fields: ['evidence', 'question'],
      });
      const { text } = await models.chat({ model: configuration.model, messages, maxTokens: 48, stop: ['\n'] });
      return { summary: firstLine(text) };
    },
  });

  const problemSolver = component({
    name: 'problem_solver',
    description: 'Answers the question with yes, no or maybe, from a summary of the evidence',
    input: z.object({ question: z.string(), summary: z.string() }),
    output: z.object({ answer: z.string() }),
    configuration: {
      prompt: prompt('Answer the question with one word: yes, no or maybe.', { demonstrations: { max: 3 } }),
      model: model(modelNames),
    },
    run: async (inputs, { configuration, models }) => {
      const messages = renderMessages(configuration.prompt, inputs, {
        output: 'answer',
        fields: ['summary', 'question'],
      });
      const { text } = await models.chat({ model: configuration.model, messages, maxTokens: 8, stop: ['\n'] });
      return { answer: firstLine(text) };
    },
  });

  return system({
    name: 'pubmedqa',
    description: 'Answers questions of medical research with yes, no or maybe, from an abstract',
    input: z.object({ question: z.string(), contexts: z.array(z.string()) }),
    output: z.object({ answer: z.string() }),
    components: [contextSelector, contextAnalyst, problemSolver],
    groundTruth: (example: PubmedqaExample) => ({ problem_solver: { answer: example.answer } }),
    metric: (example: PubmedqaExample, { answer }) => decisionMetric(example.answer, answer),
    dataset: loadOnce(() => readPubmedqa()),
  });
}
