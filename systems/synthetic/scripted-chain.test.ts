import { initialConfiguration, type Configuration } from '../../core/system/configuration';
import { directCaller } from '../../core/system/direct-caller';
import { drawSeed, type Draw } from '../../core/system/draw';
import { runExample, scoreTrace } from '../../core/system/interpreter';
import type { ModelClients } from '../../core/system/run-context';
import { scriptedChain } from './scripted-chain';
import type { QuestionExample } from './scripted-data';
import { scriptedReply } from './scripted-reply';

const scripted = scriptedChain();
const dataset = scripted.dataset as unknown as Record<string, QuestionExample[]>;
const initial = initialConfiguration(scripted);

function clients(sample: { temperature?: number; seed: number }): { models: ModelClients; calls: () => number } {
  let calls = 0;
  const models: ModelClients = {
    async chat(request) {
      calls++;
      const text = scriptedReply({ ...request, ...sample });
      return {
        text,
        finishReason: 'stop',
        usage: { promptTokens: 10, completionTokens: 2, usd: 0.001, latencyMs: 1 },
      };
    },
    embed: async () => [],
  };
  return { models, calls: () => calls };
}

async function run(configuration: Configuration, example: QuestionExample, index = 0, temperature?: number) {
  const draw: Draw = { runSeed: 0, purpose: 'test', iteration: 0, exampleId: example.id, index };
  const { models, calls } = clients({ seed: drawSeed(draw), ...(temperature === undefined ? {} : { temperature }) });
  const caller = directCaller(models);
  const common = { system: scripted, configuration, example, draw, caller, signal: new AbortController().signal };
  const trace = await runExample(common);
  return { trace, calls: calls(), score: (await scoreTrace(trace, common)).score };
}

async function meanScore(configuration: Configuration, split = 'test'): Promise<number> {
  const scores = await Promise.all((dataset[split] ?? []).map((example) => run(configuration, example)));
  return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
}

const instructions = (text: string) => ({ instructions: text, demonstrations: [] });

describe('scriptedChain', () => {
  it('makes two calls for an example and records what they cost', async () => {
    const { trace, calls } = await run(initial, dataset['test']?.[0] as QuestionExample);
    expect(calls).toBe(2);
    expect(trace.components['answerer']?.usage).toEqual({
      calls: 1,
      promptTokens: 10,
      completionTokens: 2,
      usd: 0.001,
      latencyMs: 1,
    });
  });

  it('gains with each kind of setting, one after the other', async () => {
    const brief = instructions('Answer the question. Answer briefly.');
    const steps: Configuration[] = [initial];
    const change = (component: string, settings: Record<string, unknown>): void => {
      const before = steps.at(-1) as Configuration;
      steps.push({ ...before, [component]: { ...before[component], ...settings } } as Configuration);
    };
    change('answerer', { prompt: brief });
    change('retriever', { k: 5 });
    change('query_writer', { prompt: instructions('Write a search query: only keywords.') });
    change('answerer', { model: 'large' });
    const scores: number[] = [];
    for (const configuration of steps) scores.push(await meanScore(configuration));
    for (const [index, score] of scores.slice(1).entries()) expect(score - (scores[index] ?? 0)).toBeGreaterThan(0.08);
    expect(scores[0]).toBeLessThan(0.2);
    expect(scores.at(-1)).toBeGreaterThan(0.9);
  });

  it('has an interior optimum of passages, and demonstrations do what instructions do', async () => {
    const base = { ...initial, answerer: { ...initial['answerer'], prompt: instructions('Answer briefly.') } };
    const [few, right, many] = await Promise.all(
      [1, 5, 12].map((k) => meanScore({ ...base, retriever: { k } } as unknown as Configuration)),
    );
    expect(right).toBeGreaterThan((few ?? 0) + 0.2);
    expect(right).toBeGreaterThan((many ?? 0) + 0.1);
    const demonstrations = (dataset['train'] ?? []).slice(0, 2).map(({ question, answer }) => ({
      inputs: { question, passages: [`The answer is ${answer}.`] },
      outputs: { answer },
    }));
    const shown = {
      ...initial,
      answerer: { ...initial['answerer'], prompt: { instructions: 'Answer.', demonstrations } },
    };
    expect(await meanScore(shown as unknown as Configuration)).toBeGreaterThan((await meanScore(initial)) + 0.1);
  });

  it('is fixed at temperature 0 and varies with the draw above', async () => {
    const texts = async (temperature?: number) => {
      const outputs = new Set<string>();
      for (const example of (dataset['train'] ?? []).slice(0, 5)) {
        for (let index = 0; index < 5; index++) {
          const { trace } = await run(initial, example, index, temperature);
          outputs.add(`${example.id} ${JSON.stringify(trace.components['query_writer']?.outcome)}`);
        }
      }
      return outputs.size;
    };
    expect(await texts()).toBe(5);
    expect(await texts(1)).toBeGreaterThan(6);
  });
});

describe('scriptedReply', () => {
  it('takes any other request for a proposer and replies with instructions', () => {
    const reply = scriptedReply({ model: 'large', messages: [{ role: 'user', content: 'Improve this prompt.' }] });
    expect(reply.length).toBeGreaterThan(20);
  });
});
