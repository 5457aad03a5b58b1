import { z } from 'zod';
import { component, type ComponentOptions } from './component';
import { DefinitionError } from './definition-error';
import { oneOf } from './variable';

const text = z.object({ text: z.string() });
const sound = {
  name: 'writer',
  description: 'Writes',
  input: text,
  output: text,
  run: ({ text: t }: { text: string }) => ({ text: t }),
};

describe('component', () => {
  it('keeps what was declared, frozen, with the file that declared it', () => {
    const writer = component({ ...sound, configuration: { k: oneOf([1, 2]) } });
    expect(writer).toMatchObject({ name: 'writer', deterministic: false, resources: [] });
    expect(Object.isFrozen(writer)).toBe(true);
    expect(writer.definedIn).toMatch(/component\.test\.ts$/);
  });

  it.each([
    [{ name: 'two words' }, "component 'two words': a name starts with a letter"],
    [{ name: 'input' }, "component 'input': this name stands for the system's input"],
    [{ input: z.string() }, "component 'writer': input must be a zod object"],
    [{ input: null }, "component 'writer': input must be a zod object"],
    [{ captures: () => 1 }, "component 'writer': captures must be JSON"],
    [{ output: undefined }, "component 'writer': output must be a zod object"],
    [{ output: z.object({}) }, "component 'writer': output has no fields"],
    [{ run: 'later' }, "component 'writer': run must be a function"],
    [{ from: { draft: 'a.b' } }, "component 'writer': from.draft wires a field that input does not declare"],
    [{ from: { toString: 'a.b' } }, "component 'writer': from.toString wires a field that input does not declare"],
    [{ configuration: { k: 3 } }, "component 'writer': configuration.k must come from prompt, oneOf"],
  ])('rejects %j, naming component and field', (mistake, message) => {
    const define = () =>
      component({ ...sound, ...mistake } as unknown as ComponentOptions<typeof text, typeof text, {}>);
    expect(define).toThrow(DefinitionError);
    expect(define).toThrow(message);
  });
});
