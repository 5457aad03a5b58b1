import { model, oneOf, prompt, type Variables } from '../system/variable';
import { applicableOptimizers } from './component-optimizer';
import { builtInOptimizers } from './optimizers/built-in';
import type { PastProposal } from './past-proposal';

function names(variables: Variables, options: { named?: string[]; proposer?: boolean; past?: PastProposal[] } = {}) {
  const settings = Object.fromEntries(Object.entries(variables).map(([name, { initial }]) => [name, initial as never]));
  return applicableOptimizers(builtInOptimizers, {
    incumbent: { variables, settings },
    traces: [],
    past: options.past ?? [],
    named: options.named ?? 'all',
    proposer: options.proposer ?? true,
  }).map(({ name }) => name);
}

describe('applicableOptimizers', () => {
  it('keeps those for a kind of setting that the component has', () => {
    expect(names({ k: oneOf([1, 2]) })).toEqual(['hyperparameters']);
    expect(names({ model: model(['a', 'b']) })).toEqual(['models']);
    expect(names({ prompt: prompt('Do.') })).toEqual(['opro', 'reflection', 'edits']);
    expect(names({ prompt: prompt('Do.', { demonstrations: { max: 2 } }) })).toEqual([
      ...['opro', 'reflection', 'demonstrations', 'edits', 'instructions-and-demonstrations'],
    ]);
  });

  it('leaves out those whose kinds of setting have one value only', () => {
    expect(names({ k: oneOf([1]), model: model(['a']), prompt: prompt('Do.') })).toEqual([
      'opro',
      'reflection',
      'edits',
    ]);
  });

  it('leaves out those that need a proposer model where none is configured', () => {
    expect(names({ prompt: prompt('Do.') }, { proposer: false })).toEqual(['edits']);
  });

  it('keeps those that are named', () => {
    const named = ['models', 'edits', 'opro'];
    expect(names({ prompt: prompt('Do.'), k: oneOf([1, 2]) }, { named })).toEqual(['opro', 'edits']);
    expect(names({ k: oneOf([1, 2]) }, { named })).toEqual([]);
  });

  it('merges once two instructions were each better somewhere', () => {
    const tried = (instructions: string, instanceGains: Record<string, number>): PastProposal => ({
      iteration: 0,
      incumbent: { prompt: { instructions: 'Do.', demonstrations: [] } },
      proposal: {
        settings: { prompt: { instructions, demonstrations: [] } },
        origin: 'opro',
        changed: [{ variable: 'prompt', kind: 'instructions' }],
      },
      ...{ expectedGain: 0, measuredGain: 0, instanceGains, finalist: false, accepted: false },
    });
    expect(names({ prompt: prompt('Do.') }, { past: [tried('Do it.', { a: 0.5, b: 0.5 })] })).not.toContain('merge');
    expect(names({ prompt: prompt('Do.') }, { past: [tried('Do it.', { a: 0.5, b: -0.5 })] })).toContain('merge');
  });
});
