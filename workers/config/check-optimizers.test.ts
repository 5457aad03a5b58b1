import { DefinitionError } from '../../core/system/definition-error';
import { checkOptimizers } from './check-optimizers';

const good = { name: 'mine', kinds: ['integer'], propose: () => [] };

describe('checkOptimizers', () => {
  it('takes none, and several', () => {
    expect(() => checkOptimizers(undefined)).not.toThrow();
    expect(() =>
      checkOptimizers([good, { ...good, name: 'other', version: '2', kinds: ['prompt', 'model'] }]),
    ).not.toThrow();
  });

  it.each<[unknown, string]>([
    [good, 'config: optimizers must be a list of objects like { name, kinds'],
    [[() => []], 'config: optimizers[0] must be an object like { name, kinds'],
    [[good, { ...good, name: '2nd' }], 'config: optimizers[1].name must be a text that starts with a letter'],
    [[good, good], "config: optimizers[1] ('mine'): another optimizer has this name; rename it"],
    [[{ ...good, name: 'opro' }], "config: optimizers[0] ('opro'): another optimizer has this name"],
    [[{ ...good, kind: 'integer' }], "config: optimizers[0] ('mine') has no member 'kind'; did you mean 'kinds'?"],
    [
      [{ ...good, kinds: [] }],
      "config: optimizers[0] ('mine'): kinds must be a list of some of prompt, oneOf, range, integer, model",
    ],
    [[{ ...good, kinds: ['weights'] }], "config: optimizers[0] ('mine'): kinds must be a list of some of prompt"],
    [[{ ...good, version: 2 }], "config: optimizers[0] ('mine'): version must be a non-empty text"],
    [
      [{ ...good, propose: [] }],
      "config: optimizers[0] ('mine'): propose must be a function (context) => a list of settings",
    ],
  ])('names what is wrong: %#', (optimizers, message) => {
    expect(() => checkOptimizers(optimizers)).toThrow(DefinitionError);
    expect(() => checkOptimizers(optimizers)).toThrow(message);
  });
});
