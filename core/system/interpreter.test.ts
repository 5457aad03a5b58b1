import { z } from 'zod';
import { component, type Component } from './component';
import type { ComponentCall } from './component-caller';
import { initialConfiguration } from './configuration';
import { directCaller } from './direct-caller';
import type { Draw } from './draw';
import { InfrastructureError } from './infrastructure-error';
import { runExample, scoreTrace, type RunExampleOptions } from './interpreter';
import type { Example } from './run-context';
import { system } from './system';
import { integer } from './variable';

type Texts = Record<string, string | undefined>;

/** A component that outputs one field: by default its inputs, joined. */
function part(
  name: string,
  inputs: string[],
  field: string,
  rest: { run?: (inputs: Texts) => unknown; when?: (inputs: Texts) => boolean } = {},
): Component {
  const shape = inputs.map((input) =>
    input.endsWith('?') ? [input.slice(0, -1), z.string().optional()] : [input, z.string()],
  );
  const { run = (values: Texts) => ({ [field]: `${name}(${Object.values(values).join(',')})` }), when } = rest;
  return component({
    name,
    description: name,
    input: z.object(Object.fromEntries(shape)),
    output: z.object({ [field]: z.string() }),
    configuration: { level: integer(1, 3) },
    ...(when === undefined ? {} : { when: when as never }),
    run: run as never,
  });
}

const example: Example = { id: 'e1', question: 'q', answer: 'secret' };
const draw: Draw = { runSeed: 0, purpose: 'test', iteration: 0, exampleId: 'e1', index: 0 };

function setUp(components: Component[]) {
  const calls: ComponentCall[] = [];
  const direct = directCaller();
  const made = system({
    name: 'test',
    input: z.object({ question: z.string() }),
    output: z.object({ answer: z.string() }),
    components,
    metric: (_: Example, output) => ({ score: output.answer.length > 0 ? 1 : 0.5, feedback: output.answer }),
    metricFloor: 0.1,
    dataset: { train: [], validation: [], test: [] },
  });
  const common = {
    system: made,
    configuration: initialConfiguration(made),
    example,
    draw,
    signal: new AbortController().signal,
    caller: {
      ...direct,
      callComponent: (call: ComponentCall) => {
        calls.push(call);
        return direct.callComponent(call);
      },
    },
  };
  return {
    called: () => calls.map((call) => call.component.name).sort(),
    calls,
    run: (options: Partial<RunExampleOptions> = {}) => runExample({ ...common, ...options }),
    score: async (options: Partial<RunExampleOptions> = {}) =>
      scoreTrace(await runExample({ ...common, ...options }), common),
  };
}

const fork = (slow: Record<string, number> = {}): Component[] => {
  const late = (name: string, field: string) => ({
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, slow[name] ?? 0));
      return { [field]: name };
    },
  });
  return [
    part('planner', ['question'], 'plan'),
    part('left', ['plan'], 'x', late('left', 'x')),
    part('right', ['plan'], 'y', late('right', 'y')),
    part('merger', ['x', 'y'], 'answer'),
  ];
};

describe('runExample', () => {
  it('gives each component its inputs, and never the fields that belong to the metric', async () => {
    const { run, calls } = setUp(fork());
    const trace = await run();
    expect(trace.output).toEqual({ status: 'ok', value: { answer: 'merger(left,right)' } });
    expect(calls[0]?.inputs).toEqual({ question: 'q' });
    expect(trace.components['merger']?.inputs).toEqual({ x: 'left', y: 'right' });
  });

  it('runs independent siblings at the same time', async () => {
    let running = 0;
    let most = 0;
    const watched = (field: string) => ({
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return { [field]: field };
      },
    });
    const siblings = [part('a', ['question'], 'x', watched('x')), part('b', ['question'], 'y', watched('y'))];
    await setUp([...siblings, part('c', ['x', 'y'], 'answer')]).run();
    expect(most).toBe(2);
  });

  it('gives the same trace, in the same order, whichever sibling is slower', async () => {
    const [first, second] = await Promise.all([setUp(fork({ left: 10 })).run(), setUp(fork({ right: 10 })).run()]);
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
    expect(Object.keys(first.components)).toEqual(['planner', 'left', 'right', 'merger']);
  });

  it('runs only descendants again where the other outcomes are given', async () => {
    const base = await setUp(fork()).run();
    const again = setUp(fork());
    const outcomes = (names: string[]) =>
      Object.fromEntries(names.map((name) => [name, base.components[name]?.outcome ?? { status: 'skipped' as const }]));
    const trace = await again.run({
      given: { ...outcomes(['planner', 'right']), left: { status: 'ok', outputs: { x: 'new' } } },
    });
    expect(again.called()).toEqual(['merger']);
    expect(trace.output).toEqual({ status: 'ok', value: { answer: 'merger(new,right)' } });
    expect(trace.components['right']?.given).toBe(true);
    expect(trace.components['merger']?.given).toBe(false);
  });

  it('stops at the components asked for, without their non-ancestors', async () => {
    const { run, called } = setUp(fork());
    const trace = await run({ until: ['left'] });
    expect(called()).toEqual(['left', 'planner']);
    expect(trace.output).toMatchObject({ status: 'failed', reason: 'stopped before the end, as asked' });
  });

  it('skips a component whose condition is false; its consumer sees the field absent', async () => {
    const skipping = (when: boolean) => [
      part('notes', ['question'], 'note', { when: () => when }),
      part('writer', ['question', 'note?'], 'answer'),
    ];
    const skipped = await setUp(skipping(false)).run();
    expect(skipped.components['notes']?.outcome).toEqual({ status: 'skipped' });
    expect(skipped.components['writer']?.inputs).toEqual({ question: 'q' });
    const kept = await setUp(skipping(true)).run();
    expect(kept.components['writer']?.inputs).toEqual({ question: 'q', note: 'notes(q)' });
  });

  it.each([
    [[true, false], { status: 'ok', value: { answer: 'editor(short(q))' } }],
    [[false, true], { status: 'ok', value: { answer: 'editor(long(q))' } }],
    [
      [true, true],
      { status: 'failed', component: 'editor', reason: "field 'body' has several live producers: 'short' and 'long'" },
    ],
    [[false, false], { status: 'failed', component: 'editor', reason: expect.stringContaining('body') }],
  ])('takes the one live producer among several: %j', async ([short, long], output) => {
    const trace = await setUp([
      part('short', ['question'], 'body', { when: () => short === true }),
      part('long', ['question'], 'body', { when: () => long === true }),
      part('editor', ['body'], 'answer'),
    ]).run();
    expect(trace.output).toEqual(output);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no such tool');
      },
      'no such tool',
    ],
    [
      'throws a text like ours',
      () => {
        throw new Error("upstream 'db' is down");
      },
      "upstream 'db' is down",
    ],
    ['returns the wrong type', () => ({ x: 3 }), 'its output does not fit: x:'],
    ['returns nothing', () => undefined, 'its output does not fit'],
  ])('scores the floor, with component and reason, when a component %s', async (_, run, reason) => {
    const { score, called } = setUp([
      part('unrelated', ['question'], 'z', {
        run: () => {
          throw new Error('elsewhere');
        },
      }),
      part('broken', ['question'], 'x', { run }),
      part('middle', ['x'], 'y'),
      part('last', ['y'], 'answer'),
    ]);
    const result = await score();
    expect(result).toMatchObject({ exampleId: 'e1', score: 0.1 });
    expect(result.failure).toContain(`component 'broken': ${reason}`);
    expect(called()).toEqual(['broken', 'unrelated']);
  });

  it('scores the floor when a condition throws', async () => {
    const { score } = setUp([
      part('notes', ['question'], 'note', {
        when: () => {
          throw new Error('no rule');
        },
      }),
      part('writer', ['question', 'note?'], 'answer'),
    ]);
    expect((await score()).failure).toBe("component 'notes': when() threw: no rule");
  });

  it('throws a failure of infrastructure, after its siblings have ended, and scores nothing', async () => {
    let ended = false;
    const busy = new InfrastructureError('429 from the search service', { kind: 'retryable', status: 429 });
    const { run } = setUp([
      part('a', ['question'], 'x', {
        run: () => {
          throw new Error('wrapped', { cause: busy });
        },
      }),
      part('b', ['question'], 'y', {
        run: async () => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          ended = true;
          return { y: '' };
        },
      }),
      part('c', ['x', 'y'], 'answer'),
    ]);
    await expect(run()).rejects.toBe(busy);
    expect(ended).toBe(true);
  });

  it('calls nothing more once it is cancelled', async () => {
    const controller = new AbortController();
    const { run, called } = setUp([
      part('a', ['question'], 'x', {
        run: () => {
          controller.abort(new Error('cancelled'));
          return { x: '' };
        },
      }),
      part('b', ['x'], 'answer'),
    ]);
    await expect(run({ signal: controller.signal })).rejects.toThrow('cancelled');
    expect(called()).toEqual(['a']);
  });

  it('hands each component its own settings only', async () => {
    const { run, calls } = setUp(fork());
    await run({ configuration: { planner: { level: 1 }, left: { level: 3 } } });
    const settings = Object.fromEntries(calls.map((call) => [call.component.name, call.configuration]));
    expect(settings).toEqual({ planner: { level: 1 }, left: { level: 3 }, right: {}, merger: {} });
  });

  it('names the example that does not fit the input of the system', async () => {
    const { run } = setUp(fork());
    await expect(run({ example: { id: 'e7' } })).rejects.toThrow(
      "example 'e7' does not fit the input of system 'test'",
    );
  });

  it('gives `when` copies: one that changes what it gets changes neither the data nor what `run` gets', async () => {
    const tags = z.object({ tags: z.unknown() });
    const tagger = component({
      name: 'tagger',
      description: '',
      input: tags,
      output: z.object({ answer: z.string() }),
      when: (inputs) => {
        (inputs.tags as { list: string[] }).list.push('changed');
        inputs.tags = 'changed';
        return true;
      },
      run: (inputs) => ({ answer: JSON.stringify(inputs.tags) }),
    });
    const made = system({
      name: 'test',
      input: tags,
      output: z.object({ answer: z.string().optional() }),
      components: [tagger],
      metric: () => 1,
      dataset: { train: [], validation: [], test: [] },
    });
    const tagged = { id: 'e1', tags: { list: ['kept'] } };
    const trace = await runExample({
      system: made,
      configuration: initialConfiguration(made),
      example: tagged,
      draw,
      signal: new AbortController().signal,
      caller: directCaller(),
    });
    expect(trace.output).toEqual({ status: 'ok', value: { answer: '{"list":["kept"]}' } });
    expect(trace.components['tagger']?.inputs).toEqual({ tags: { list: ['kept'] } });
    expect(tagged.tags).toEqual({ list: ['kept'] });
  });
});
