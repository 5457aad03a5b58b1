import { z } from 'zod';
import { readOutput } from './read-output';

const output = z.object({ share: z.number(), notes: z.any() });

describe('readOutput', () => {
  it.each<[string, unknown, string]>([
    [
      'NaN where a number is expected',
      { share: Number.NaN, notes: '' },
      'its output does not fit: share: Invalid input: expected number, received NaN',
    ],
    [
      'NaN where anything is',
      { share: 1, notes: { mean: Number.NaN } },
      'its output is no JSON: notes.mean: NaN is not a JSON number',
    ],
    ['nothing', undefined, 'its output does not fit: Invalid input: expected object, received undefined'],
  ])('takes %s for a failure of the component', (_, returned, reason) => {
    expect(readOutput({ output }, returned)).toEqual({ status: 'failed', reason });
  });

  it('drops what the schema does not have', () => {
    expect(readOutput({ output }, { share: 1, notes: null, more: 2 })).toEqual({
      status: 'ok',
      outputs: { share: 1, notes: null },
    });
  });
});
