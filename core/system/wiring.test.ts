import { z } from 'zod';
import { component, type Component } from './component';
import { DefinitionError } from './definition-error';
import { system } from './system';
import type { Wiring } from './wiring';

/** A component from lists of fields; `?` marks an optional one. */
function part(
  name: string,
  inputs: string[],
  outputs: string[],
  rest: { from?: Record<string, string>; when?: () => boolean } = {},
): Component {
  return component({
    name,
    description: name,
    input: fields(inputs),
    output: fields(outputs),
    run: () => ({}) as never,
    ...rest,
  });
}

function fields(names: string[]): z.ZodObject {
  return z.object(
    Object.fromEntries(
      names.map((name) => (name.endsWith('?') ? [name.slice(0, -1), z.string().optional()] : [name, z.string()])),
    ),
  );
}

function wiring(components: Component[], from: Record<string, string> = {}, output = ['answer']): Wiring {
  return system({
    name: 'test',
    input: fields(['question']),
    output: fields(output),
    components,
    from,
    metric: () => 0,
    dataset: { train: [], validation: [], test: [] },
  }).wiring;
}

const when = () => true;

describe('wiring', () => {
  it('wires by name, orders topologically whatever the order of definition, and finds descendants only', () => {
    const found = wiring([
      part('merger', ['left', 'right'], ['answer']),
      part('b', ['plan'], ['right']),
      part('a', ['plan'], ['left']),
      part('planner', ['question'], ['plan']),
    ]);
    expect(found.order).toEqual(['planner', 'a', 'b', 'merger']);
    expect([...(found.descendants['a'] ?? [])]).toEqual(['merger']);
    expect([...(found.descendants['planner'] ?? [])].sort()).toEqual(['a', 'b', 'merger']);
    expect(found.sources['planner']).toEqual({ question: [{ component: 'input', field: 'question' }] });
  });

  it('follows explicit wires where two components emit the same field', () => {
    const found = wiring(
      [
        part('first', ['question'], ['code']),
        part('second', ['draft'], ['code'], { from: { draft: 'first.code' } }),
        part('last', ['code'], ['answer'], { from: { code: 'second.code' } }),
      ],
      { answer: 'last.answer' },
    );
    expect(found.order).toEqual(['first', 'second', 'last']);
    expect(found.sources['last']?.['code']).toEqual([{ component: 'second', field: 'code' }]);
  });

  it('lets several conditional components supply one field, and a conditional one supply an optional field', () => {
    const found = wiring([
      part('short', ['question'], ['body'], { when }),
      part('long', ['question'], ['body'], { when }),
      part('notes', ['question'], ['note'], { when }),
      part('editor', ['body', 'note?'], ['answer']),
    ]);
    expect(found.sources['editor']?.['body']?.map((source) => source.component)).toEqual(['short', 'long']);
  });

  it.each<[string, Component[], string]>([
    ['missing', [part('a', ['plan'], ['answer'])], "component 'a': nothing supplies field 'plan'"],
    [
      'a name of Object.prototype',
      [part('a', ['toString'], ['answer'])],
      "component 'a': nothing supplies field 'toString'",
    ],
    ['missing output', [part('a', ['question'], ['other'])], "system 'test' output: nothing supplies field 'answer'"],
    [
      'ambiguous',
      [part('a', ['question'], ['x']), part('b', ['question'], ['x']), part('c', ['x'], ['answer'])],
      "component 'c': field 'x' is ambiguous: 'a' and 'b' supply it",
    ],
    [
      'ambiguous with the input',
      [part('a', ['question'], ['question']), part('c', ['question'], ['answer'])],
      "component 'c': field 'question' is ambiguous: the system's input and 'a' have it",
    ],
    [
      'cyclic',
      [part('a', ['z'], ['x']), part('b', ['x'], ['y', 'answer']), part('c', ['y', 'question'], ['z'])],
      "system 'test': the wires form a cycle: field 'x' of component 'b' comes from 'a', " +
        "field 'y' of component 'c' comes from 'b', field 'z' of component 'a' comes from 'c'; wire one",
    ],
    [
      'to itself',
      [part('a', ['x'], ['y', 'answer'], { from: { x: 'a.y' } })],
      "system 'test': the wires form a cycle: field 'x' of component 'a' comes from 'a'; wire one",
    ],
    [
      'required but skippable',
      [part('a', ['question'], ['x'], { when }), part('c', ['x'], ['answer'])],
      "component 'c': field 'x' comes from 'a', which may be skipped",
    ],
    [
      'required but optional',
      [part('a', ['question'], ['x?']), part('c', ['x'], ['answer'])],
      "component 'c': field 'x' is required, but 'a' declares it optional",
    ],
    [
      'from without a dot',
      [part('a', ['x'], ['answer'], { from: { x: 'question' } })],
      "component 'a': from.x is 'question'; write 'component.field'",
    ],
    [
      'from a stranger',
      [part('a', ['x'], ['answer'], { from: { x: 'nobody.x' } })],
      "component 'a': from.x names 'nobody', which is not a component",
    ],
    [
      'from a strange field',
      [part('a', ['x'], ['answer'], { from: { x: 'input.y' } })],
      "component 'a': from.x names 'input.y', but 'input' has only question",
    ],
  ])('rejects a wire that is %s, naming component and field', (_, components, message) => {
    expect(() => wiring(components)).toThrow(DefinitionError);
    expect(() => wiring(components)).toThrow(message);
  });
});
