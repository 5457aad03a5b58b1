import { randomStream } from '../core/random/stream';
import type { Proposal } from '../core/search/proposal';
import { configurationHash, type Configuration } from '../core/system/configuration';
import { randomConfiguration } from './random-configuration';

const shown = [{ inputs: { question: 'q' }, outputs: { answer: 'a' } }];
const initial: Configuration = {
  reader: { prompt: { instructions: 'Read.', demonstrations: [] }, size: 1 },
  writer: { size: 1 },
};
const reading = (settings: object, variable: string, kind: string) =>
  ({ settings: { ...initial['reader'], ...settings }, origin: 'grid', changed: [{ variable, kind }] }) as Proposal;
const pools = [
  {
    component: { name: 'reader' },
    proposals: [
      reading({ prompt: { instructions: 'Read well.', demonstrations: [] } }, 'prompt', 'instructions'),
      reading({ prompt: { instructions: 'Read.', demonstrations: shown } }, 'prompt', 'demonstrations'),
      reading({ size: 2 }, 'size', 'hyperparameter'),
      // Of several components: no part of one.
      { ...reading({ size: 3 }, 'size', 'hyperparameter'), elsewhere: { writer: { size: 9 } } },
    ],
  },
];

describe('randomConfiguration', () => {
  it('reaches every combination of parts, instructions with demonstrations among them, and leaves the rest alone', () => {
    const stream = randomStream(1, 'test');
    const drawn = Array.from({ length: 200 }, () => randomConfiguration(initial, pools, stream));
    expect(new Set(drawn.map(configurationHash)).size).toBe(8);
    expect(drawn).toContainEqual({
      reader: { prompt: { instructions: 'Read well.', demonstrations: shown }, size: 2 },
      writer: { size: 1 },
    });
    expect(initial['reader']).toEqual({ prompt: { instructions: 'Read.', demonstrations: [] }, size: 1 });
  });
});
