import { resolve } from 'node:path';
import type { Configuration } from '../../core/system/configuration';
import type { RunPlan } from '../../core/run/plan';
import { splits, type Dataset, type System } from '../../core/system/system';
import type { Example } from '../../core/system/run-context';
import { defineConfig, type Config } from '../../workers/config/define-config';
import { loadConfig } from '../../workers/config/load-config';

/** A real system under a configuration in which its components' outputs make a difference. */
export interface RealSystem {
  /** Also the folder of its config. */
  name: string;
  /** What the report calls it; default: its name. */
  label?: string;
  /** Settings that replace initial ones. */
  configuration: Configuration;
  /** Inputs that share a group are held out together: they share what an answer could be learned from. */
  groupOf: (exampleId: string) => string;
  /**
   * What differs from the config's plan: candidates are kept by plan, and none of this changes them. So a new plan of the quick start does
   * not ask its models everything again.
   */
  plan?: Partial<RunPlan>;
  /** Inputs that preference data is collected on, by component; each is a prefix of the longest. */
  inputs: Record<string, number>;
  /** Also `--check` takes all of them: its component has a target of its own. */
  whole?: true;
}

/** Of the quick start when its candidates were first collected. */
const planOfCandidates = { iterations: 4, simultaneousSteps: false, adaptationInputs: 22 };

/** Two questions of the quick start are about each country. */
const countryOf = (exampleId: string): string => exampleId.split('-', 1)[0] ?? exampleId;

const question = (passage: string, text: string, answer: string) => ({
  inputs: { passages: [passage], question: text },
  outputs: { answer },
});

/**
 * The quick start as it is shipped (there only the answerer's outputs make a difference) and as its seed 0 once ended; the two data
 * pipelines with the base model and two demonstrations.
 */
export const realSystems: readonly RealSystem[] = [
  {
    name: 'quickstart',
    configuration: {},
    plan: planOfCandidates,
    groupOf: countryOf,
    inputs: { answerer: 160 },
    whole: true,
  },
  {
    name: 'quickstart',
    label: 'quickstart-tuned',
    configuration: {
      retriever: { k: 1, mode: 'bm25', blend: 0.5 },
      answerer: {
        model: 'gemma-3-270m',
        prompt: {
          instructions: 'Answer the question from the passages.',
          demonstrations: [
            question(
              'Saint Vincent and the Grenadines is in Caribbean. The capital of Saint Vincent and the Grenadines is Kingstown. Its currency is the Eastern Caribbean dollar. People speak English. Its area is 389 square km.',
              'In which region is the country whose capital is Kingstown?',
              'Caribbean',
            ),
            question(
              'Kazakhstan is in Central Asia. The capital of Kazakhstan is Astana. Its currency is the Kazakhstani tenge. People speak Kazakh and Russian. It borders China, Kyrgyzstan, Russia and 2 more. Its area is 2,724,900 square km.',
              'Which city is the capital of Kazakhstan?',
              'Astana',
            ),
          ],
        },
      },
    },
    plan: planOfCandidates,
    groupOf: countryOf,
    inputs: { query_writer: 60, retriever: 60, answerer: 160 },
  },
  {
    name: 'hotpotqa',
    configuration: {
      wikipedia_retriever: { k: 2, mode: 'hybrid', blend: 0.5, order: 'best last' },
      answer_generator: {
        model: 'gemma-3-270m',
        prompt: {
          instructions: 'Answer the question in a few words, from the passages.',
          demonstrations: [
            question(
              'The Hobbit: The Hobbit is a fantasy novel by the English author J. R. R. Tolkien, published in 1937.',
              'Who wrote the novel The Hobbit?',
              'J. R. R. Tolkien',
            ),
            question(
              'Oslo: Oslo is the capital and most populous city of Norway.',
              'Is Oslo the capital of Sweden?',
              'no',
            ),
          ],
        },
      },
    },
    groupOf: (exampleId) => exampleId,
    inputs: { question_rewriter: 60, wikipedia_retriever: 60, answer_generator: 120 },
  },
  {
    name: 'pubmedqa',
    configuration: {
      problem_solver: {
        model: 'gemma-3-270m',
        prompt: {
          instructions: 'Answer the question with one word: yes, no or maybe.',
          demonstrations: [
            {
              inputs: {
                summary: 'Patients who walked daily recovered in 9 days instead of 14 (p < 0.01).',
                question: 'Does daily walking shorten recovery?',
              },
              outputs: { answer: 'yes' },
            },
            {
              inputs: {
                summary: 'The score did not differ between the groups (p = 0.64).',
                question: 'Does the supplement improve the score?',
              },
              outputs: { answer: 'no' },
            },
          ],
        },
      },
    },
    groupOf: (exampleId) => exampleId,
    inputs: { context_selector: 50, context_analyst: 50, problem_solver: 120 },
  },
];

/**
 * A real system's config with every example in the training split, since the bench holds out inputs itself. @throws DefinitionError where its data is missing, saying what to do.
 */
export async function configOf({ name }: RealSystem): Promise<Config> {
  const { config } = await loadConfig(resolve(__dirname, `../../systems/${name}/optimas.config.ts`));
  return withAllInTrain(config);
}

function withAllInTrain(config: Config): Config {
  const { kind: _kind, definedIn: _definedIn, ...options } = config;
  return defineConfig({
    ...options,
    systems: (tools) =>
      (typeof config.systems === 'function' ? config.systems(tools) : config.systems).map((system): System => ({
        ...system,
        dataset: async () => allInTrain(await datasetOf(system)),
      })),
  });
}

async function datasetOf({ dataset }: System): Promise<Dataset<Example>> {
  return typeof dataset === 'function' ? dataset() : dataset;
}

/** The other splits may not be empty: each keeps a copy of one example, which is never used. */
function allInTrain(dataset: Dataset<Example>): Dataset<Example> {
  const all = splits.flatMap((split) => [...dataset[split]]);
  const copies = (name: string): Example[] =>
    all.slice(0, 1).map((example) => ({ ...example, id: `${example.id}-${name}` }));
  return { train: all, validation: copies('validation'), test: copies('test') };
}
