import { z } from 'zod';
import { component, type ComponentOptions } from '../../core/system/component';
import type { Draw } from '../../core/system/draw';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import type { RunContext } from '../../core/system/run-context';
import { system, type System } from '../../core/system/system';
import { LanguageModels } from '../../providers/language-models';
import { storesOf } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { startScriptedEndpoint, type Fault, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import { resolveSystem } from '../definition/resolve-system';
import { MemoisedCaller } from './memoised-caller';

const text = z.object({ text: z.string() });
const draw: Draw = { runSeed: 1, purpose: 'test', iteration: 0, exampleId: 'e', index: 0 };
const { signal } = new AbortController();
const rows = (id: string) => [{ id, text: 'hello' }];
const dataset = { train: rows('a'), validation: rows('b'), test: rows('c') };
const ask = (models: RunContext['models'], content: string) =>
  models.chat({ model: 'small', messages: [{ role: 'user', content }] });

let folder: TemporaryFolder;
let endpoints: ScriptedEndpoint[] = [];
let stores: ReturnType<typeof storesOf>;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
});
afterEach(async () => {
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  endpoints = [];
  await folder.remove();
});

async function endpoint(reply: string): Promise<ScriptedEndpoint> {
  const started = await startScriptedEndpoint({ reply: () => reply });
  endpoints.push(started);
  return started;
}

type Run = ComponentOptions<typeof text, typeof text, Record<never, never>>['run'];
const speaking: Run = async (_, { models }) => ({ text: (await ask(models, 'hi')).text });

function systemOf(
  run: Run,
  more: Partial<ComponentOptions<typeof text, typeof text, Record<never, never>>> = {},
  metric: System['metric'] = () => 1,
): System {
  const speaker = component({ name: 'speaker', description: '', input: text, output: text, run, ...more });
  return system({
    name: 's',
    input: text,
    output: text,
    from: { text: 'speaker.text' },
    components: [speaker],
    metric: metric as never,
    dataset,
  });
}

async function callerOf(made: System, languageModels: LanguageModels): Promise<MemoisedCaller> {
  return new MemoisedCaller(await resolveSystem(made), {
    runId: 'run',
    memo: stores.memo,
    spend: stores.spend,
    reservations: stores.reservations,
    languageModels,
    limits: {},
    priority: 3,
    scope: '',
  });
}

const modelsAt = (baseURL: string, more = {}) =>
  new LanguageModels({ e: { baseURL, models: { small: {} }, pure: true, ...more } }, {});

async function speak(made: System, models: LanguageModels, on = signal, drawn = draw) {
  const caller = await callerOf(made, models);
  const [called] = made.components;
  return caller.callComponent({
    component: called as never,
    inputs: { text: 'hello' },
    configuration: {},
    draw: drawn,
    signal: on,
  });
}
const judge = async (made: System, models: LanguageModels, drawn = draw) =>
  (await callerOf(made, models)).callMetric({
    system: made,
    example: { id: 'e', text: 'hello' },
    output: { text: 'hello' },
    draw: drawn,
    signal,
  });
const said = (value: string) => ({ status: 'ok', outputs: { text: value } });

describe('a component entry of the memo', () => {
  it('is not used once a model name stands for another server, and is when it has the same identity', async () => {
    const [first, second] = [await endpoint('first'), await endpoint('second')];
    const made = systemOf(speaking);
    expect(await speak(made, modelsAt(first.url))).toMatchObject({ outcome: said('first'), memoHit: false });
    expect(await speak(made, modelsAt(first.url))).toMatchObject({ outcome: said('first'), memoHit: true });
    expect(await speak(made, modelsAt(second.url))).toMatchObject({ outcome: said('second'), memoHit: false });
    const moved = { identity: 'the same models' };
    expect(await speak(made, modelsAt(first.url, moved))).toMatchObject({ memoHit: false });
    expect(await speak(made, modelsAt(second.url, moved))).toMatchObject({ outcome: said('first'), memoHit: true });
  });

  it('is not made of a failure, deterministic or not: what was mended is seen; the model calls in it are kept', async () => {
    const server = await endpoint('first');
    let down = true;
    const failing: Run = async (_, { models }) => {
      const reply = await ask(models, 'hi');
      if (down) throw new Error('the tool is down');
      return { text: reply.text };
    };
    for (const deterministic of [true, false]) {
      down = true;
      const made = systemOf(failing, { deterministic });
      expect((await speak(made, modelsAt(server.url))).outcome.status).toBe('failed');
      down = false;
      expect(await speak(made, modelsAt(server.url))).toMatchObject({ outcome: said('first'), memoHit: false });
      expect(await speak(made, modelsAt(server.url))).toMatchObject({ outcome: said('first'), memoHit: true });
    }
    expect(server.requests.total).toBe(1);
  });

  it('is not shared by components of one name in one file that differ in their code or in what they capture', async () => {
    const models = modelsAt('http://127.0.0.1:9/v1');
    const suffixed = (suffix: string) =>
      systemOf(({ text: given }) => ({ text: given + suffix }), { captures: { suffix } });
    expect((await speak(suffixed('!'), models)).outcome).toEqual(said('hello!'));
    expect((await speak(suffixed('?'), models)).outcome).toEqual(said('hello?'));
    expect(
      (
        await speak(
          systemOf(({ text: given }) => ({ text: given.toUpperCase() })),
          models,
        )
      ).outcome,
    ).toEqual(said('HELLO'));
  });

  it('keeps how many calls its outcome took', async () => {
    const made = systemOf(async (_, { models }) => {
      await ask(models, 'one');
      return { text: (await ask(models, 'two')).text };
    });
    const models = modelsAt((await endpoint('yes')).url);
    const missed = await speak(made, models);
    expect(missed.usage.calls).toBe(2);
    expect((await speak(made, models)).usage).toEqual(missed.usage);
  });
});

describe('a draw', () => {
  const other: Draw = { ...draw, index: 1 };
  const hits = async (made: System, models: LanguageModels, drawn: Draw) =>
    (await speak(made, models, signal, drawn)).memoHit;

  /** Runs, and how often. */
  const counted = (more: Parameters<typeof systemOf>[1] = {}) => {
    let runs = 0;
    const made = systemOf(({ text: given }) => ({ text: `${given} ${++runs}` }), more);
    return { made, runs: () => runs };
  };

  it.each<[string, Partial<Draw>]>([
    ['run seed', { runSeed: 2 }],
    ['purpose', { purpose: 'validation' }],
    ['iteration', { iteration: 1 }],
    ['example', { exampleId: 'f' }],
    ['index', { index: 1 }],
    ['temperature', { temperature: 0.7 }],
  ])('of another %s runs a stochastic component again; the same one is answered from the memo', async (_, change) => {
    const models = modelsAt('http://127.0.0.1:9/v1');
    const { made, runs } = counted();
    expect((await speak(made, models)).outcome).toEqual(said('hello 1'));
    expect((await speak(made, models, signal, { ...draw, ...change })).outcome).toEqual(said('hello 2'));
    expect(await hits(made, models, { ...draw, ...change })).toBe(true);
    expect((await speak(made, models)).outcome).toEqual(said('hello 1'));
    expect(runs()).toBe(2);
  });

  it('is no part of the entry of a deterministic component', async () => {
    const models = modelsAt('http://127.0.0.1:9/v1');
    const { made, runs } = counted({ deterministic: true });
    expect(await hits(made, models, draw)).toBe(false);
    for (const drawn of [draw, other, { ...draw, runSeed: 9, exampleId: 'f' }]) {
      expect(await hits(made, models, drawn)).toBe(true);
    }
    expect(runs()).toBe(1);
  });

  it('asks a model again whose replies are not pure, and not one whose replies are', async () => {
    for (const { pure, calls } of [
      { pure: false, calls: 2 },
      { pure: true, calls: 1 },
    ]) {
      const asked = await endpoint('yes');
      const models = modelsAt(asked.url, { pure });
      const made = systemOf(speaking);
      await speak(made, models);
      expect(await hits(made, models, other)).toBe(false);
      expect(await hits(made, models, other)).toBe(true);
      expect({ pure, calls: asked.requests.chat }).toEqual({ pure, calls });
    }
  });

  it('asks the model of a metric again only where the metric is not deterministic', async () => {
    for (const { metricDeterministic, calls } of [
      { metricDeterministic: false, calls: 2 },
      { metricDeterministic: true, calls: 1 },
    ]) {
      const asked = await endpoint('yes');
      const models = modelsAt(asked.url, { pure: false });
      const asking: System['metric'] = async (_, __, context) => {
        await ask(context.models, 'right?');
        return 1;
      };
      const made = { ...systemOf(speaking, {}, asking), metricDeterministic };
      for (const drawn of [draw, other, other]) await judge(made, models, drawn);
      expect({ metricDeterministic, calls: asked.requests.chat }).toEqual({ metricDeterministic, calls });
    }
  });
});

it('gives a metric copies: one that changes them changes neither the data set nor the trace', async () => {
  const made = systemOf(speaking, {}, ((given: { text: string }, output: { text: string }) => {
    given.text = 'another';
    output.text = 'forged';
    return 1;
  }) as never);
  const caller = await callerOf(made, modelsAt('http://127.0.0.1:9/v1'));
  const [example] = dataset.validation as [{ id: string; text: string }];
  const output = { text: 'said' };
  expect(await caller.callMetric({ system: made, example, output, draw, signal })).toMatchObject({ status: 'ok' });
  expect({ example, output }).toEqual({ example: { id: 'b', text: 'hello' }, output: { text: 'said' } });
});

describe('a reason', () => {
  it.each<[string, (long: string) => ReturnType<typeof systemOf>]>([
    [
      'a component that throws',
      (long) =>
        systemOf(() => {
          throw new Error(long);
        }),
    ],
    [
      'a metric that throws',
      (long) =>
        systemOf(speaking, {}, () => {
          throw new Error(long);
        }),
    ],
    ['a metric that returns a text', (long) => systemOf(speaking, {}, (() => ({ score: long })) as never)],
  ])('of %s is cut, and says so', async (what, of) => {
    const models = modelsAt('http://127.0.0.1:9/v1');
    const made = of('x'.repeat(200_000));
    const failed = what.includes('component') ? (await speak(made, models)).outcome : await judge(made, models);
    if (failed.status !== 'failed') throw new Error(`expected a failure, not ${failed.status}`);
    expect(failed.reason.length).toBeLessThan(600);
    expect(failed.reason).toMatch(/x{100}\.\.\. \(\d+ characters more\)/);
  });
});

describe('failures', () => {
  const swallowing = async (models: RunContext['models']): Promise<string> =>
    ask(models, 'hi').then(
      (reply) => reply.text,
      () => 'none',
    );

  it('of the endpoint pass through a component and a metric that swallow them', async () => {
    const down = await endpoint('never');
    down.setFaults([{ when: 'always', fault: { type: 'server-error' } }]);
    const component = systemOf(async (_, { models }) => ({ text: await swallowing(models) }));
    await expect(speak(component, modelsAt(down.url))).rejects.toThrow(InfrastructureError);
    const metric = systemOf(speaking, {}, async (_, __, { models }) => ((await swallowing(models)) === 'none' ? 0 : 1));
    await expect(judge(metric, modelsAt(down.url))).rejects.toThrow(InfrastructureError);
  });

  it('of a request that the endpoint will never take belong to the system, which may have an answer', async () => {
    const strict = await endpoint('never');
    strict.setFaults([{ when: 'always', fault: { type: 'reply', status: 400, body: { error: { message: 'long' } } } }]);
    const models = modelsAt(strict.url);
    expect((await speak(systemOf(speaking), models)).outcome.status).toBe('failed');
    const prepared = systemOf(async (_, context) => ({ text: await swallowing(context.models) }));
    expect((await speak(prepared, models)).outcome).toEqual(said('none'));
  });

  it('of calls that a component no longer awaits end nothing but the call of the component', async () => {
    const strict = await endpoint('never');
    const bad: Fault = { type: 'reply', status: 400, body: { error: { message: 'bad' } } };
    strict.setFaults([{ when: 'always', fault: bad }]);
    const made = systemOf(async (_, { models }) => {
      const [one, two] = [ask(models, 'one'), ask(models, 'two')];
      while (strict.requests.faults < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      // Both have failed when the first is looked at, and the second never is: Jest fails on an unhandled rejection.
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { text: (await one).text + (await two).text };
    });
    expect((await speak(made, modelsAt(strict.url))).outcome.status).toBe('failed');
  });

  it('charges the calls of a metric to its example', async () => {
    const models = modelsAt((await endpoint('yes')).url);
    const made = systemOf(speaking, {}, async (_, __, context) => {
      await ask(context.models, 'right?');
      return 1;
    });
    expect(await judge(made, models)).toMatchObject({ status: 'ok', usage: { calls: 1 } });
  });
});

it('ends at once when it is cancelled, whatever the component does, and can be called again', async () => {
  const models = modelsAt('http://127.0.0.1:9/v1');
  let calls = 0;
  const made = systemOf(() => (++calls === 1 ? new Promise(() => {}) : { text: 'back' }));
  const controller = new AbortController();
  const hanging = speak(made, models, controller.signal);
  while (calls === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error('paused'));
  await expect(hanging).rejects.toThrow('paused');
  expect((await speak(made, models)).outcome).toEqual(said('back'));
});
