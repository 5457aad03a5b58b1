import { z } from 'zod';
import { component } from './component';
import { directCaller } from './direct-caller';
import { drawSeed, type Draw } from './draw';
import { InfrastructureError } from './infrastructure-error';
import { noCost } from './interpreter';
import type { Example, MetricResult, ModelClients, RunContext } from './run-context';
import { system } from './system';

const draw: Draw = { runSeed: 4, purpose: 'test', iteration: 0, exampleId: 'e', index: 2, temperature: 0.7 };
const usage = { promptTokens: 5, completionTokens: 1, usd: 0.01, latencyMs: 20 };
const models: ModelClients = {
  chat: async ({ model }) => ({ text: model, finishReason: 'stop', usage }),
  embed: async () => [],
};

function call(run: (inputs: unknown, context: RunContext) => unknown, given?: ModelClients, signal?: AbortSignal) {
  const made = component({
    name: 'c',
    description: '',
    input: z.object({}),
    output: z.object({ text: z.string(), extra: z.number().default(1) }),
    run: run as never,
  });
  return directCaller(given).callComponent({
    component: made,
    inputs: {},
    configuration: {},
    draw,
    signal: signal ?? new AbortController().signal,
  });
}

describe('directCaller', () => {
  it('hands over the draw as a sample, parses the output, and adds up the usage of model calls', async () => {
    let sample: unknown;
    const result = await call(async (_, context) => {
      sample = context.sample;
      await context.models.chat({ model: 'small', messages: [] });
      const { text } = await context.models.chat({ model: 'large', messages: [] });
      return { text, unknown: true };
    }, models);
    expect(sample).toEqual({ index: 2, seed: drawSeed(draw), temperature: 0.7 });
    expect(result.outcome).toEqual({ status: 'ok', outputs: { text: 'large', extra: 1 } });
    expect(result.usage).toEqual({ calls: 2, promptTokens: 10, completionTokens: 2, usd: 0.02, latencyMs: 40 });
  });

  it('turns what a component throws, or returns of the wrong type, into a failed outcome', async () => {
    const thrown = await call(() => {
      throw new Error('bad luck');
    });
    expect(thrown.outcome).toEqual({ status: 'failed', reason: 'bad luck' });
    const wrong = await call(() => ({ text: 1 }));
    expect(wrong.outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining('text:') });
  });

  it('throws the infrastructure failure behind an error, also for a model without clients', async () => {
    const down = new InfrastructureError('search is down');
    await expect(
      call(() => {
        throw new Error('tool failed', { cause: down });
      }),
    ).rejects.toBe(down);
    await expect(call((_, context) => context.models.chat({ model: 'small', messages: [] }))).rejects.toMatchObject({
      name: 'InfrastructureError',
      kind: 'systematic',
      message: "model 'small' was called, but directCaller was given no model clients",
    });
  });

  it('counts a request that can never succeed as a failure of the component, but not an unknown model', async () => {
    const refusing = (status: number): ModelClients => ({
      chat: () => Promise.reject(new InfrastructureError('refused', { kind: 'permanent', status })),
      embed: async () => [],
    });
    const chat = async (_: unknown, context: RunContext) => context.models.chat({ model: 'small', messages: [] });
    expect((await call(chat, refusing(400))).outcome).toEqual({ status: 'failed', reason: 'refused' });
    await expect(call(chat, refusing(404))).rejects.toThrow('refused');
  });

  it('does not believe a component that swallows an outage', async () => {
    const swallowing = async (_: unknown, context: RunContext) => {
      const reply = await context.models.chat({ model: 'small', messages: [] }).catch(() => ({ text: 'none' }));
      return { text: reply.text };
    };
    await expect(call(swallowing)).rejects.toMatchObject({ kind: 'systematic' });
  });

  it('does not take a cancellation for a failure of the component', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const cancelled = call(
      () => {
        controller.abort(reason);
        throw new Error('interrupted');
      },
      undefined,
      controller.signal,
    );
    await expect(cancelled).rejects.toBe(reason);
  });

  it.each<[string, () => unknown, object]>([
    ['a number', () => 0.5, { status: 'ok', result: { score: 0.5 } }],
    ['a verdict', () => ({ score: 1, feedback: 'right' }), { status: 'ok', result: { score: 1, feedback: 'right' } }],
    [
      'a score above 1',
      () => 1.2,
      { status: 'failed', reason: "the metric's score is 1.2; it must be a number in [0, 1]" },
    ],
    ['NaN', () => Number.NaN, { status: 'failed', reason: "the metric's score is NaN; it must be a number in [0, 1]" }],
    ['nothing', () => undefined, { status: 'failed', reason: expect.stringContaining('undefined') }],
    [
      'an error',
      () => {
        throw new Error('division by zero');
      },
      { status: 'failed', reason: 'the metric threw: division by zero' },
    ],
  ])('judges a metric that gives %s', async (_, metric, expected) => {
    const text = z.object({ text: z.string() });
    const made = system({
      name: 's',
      input: text,
      output: text,
      from: { text: 'c.text' },
      components: [component({ name: 'c', description: '', input: text, output: text, run: (inputs) => inputs })],
      metric: metric as (example: Example) => MetricResult,
      dataset: { train: [], validation: [], test: [] },
    });
    const { signal } = new AbortController();
    const verdict = await directCaller().callMetric({
      system: made,
      example: { id: 'e' },
      output: { text: '' },
      draw,
      signal,
    });
    expect(verdict).toEqual({ ...expected, usage: noCost });
  });

  it('gives the metric copies: one that changes what it gets changes neither data nor trace', async () => {
    const tags = z.object({ tags: z.array(z.string()) });
    const made = system({
      name: 's',
      input: tags,
      output: tags,
      from: { tags: 'c.tags' },
      components: [component({ name: 'c', description: '', input: tags, output: tags, run: (inputs) => inputs })],
      metric: (example: Example & { tags: string[] }, output) => {
        example.tags.push('changed');
        output.tags.length = 0;
        return 1;
      },
      dataset: { train: [], validation: [], test: [] },
    });
    const example = { id: 'e', tags: ['kept'] };
    const output = { tags: ['kept'] };
    const { signal } = new AbortController();
    const verdict = await directCaller().callMetric({ system: made, example, output, draw, signal });
    expect(verdict.status).toBe('ok');
    expect([example.tags, output.tags]).toEqual([['kept'], ['kept']]);
  });
});
