import { z } from 'zod';
import { component } from '../../core/system/component';
import { system, type System } from '../../core/system/system';
import { oneOf, type Variables } from '../../core/system/variable';

const text = z.object({ text: z.string() });

/**
 * One component, `speaker`, that repeats its input, in one of some tones or with another configuration; every score is 1. Two
 * examples a split (`t0`, `v0`, `u0` ...) unless told.
 */
export function echoSystem({
  tones = ['calm', 'loud'],
  configuration = { tone: oneOf([...tones]) },
  train = 2,
  validation = 2,
}: {
  tones?: readonly [string, ...string[]];
  configuration?: Variables;
  train?: number;
  validation?: number;
} = {}): System {
  const rows = (id: string, count = 2) =>
    Array.from({ length: count }, (_, index) => ({ id: `${id}${index}`, text: 'x' }));
  return system({
    name: 'echo',
    input: text,
    output: text,
    from: { text: 'speaker.text' },
    components: [
      component({
        name: 'speaker',
        description: 'Speaks',
        input: text,
        output: text,
        configuration,
        run: (inputs) => inputs,
      }),
    ],
    metric: () => 1,
    dataset: { train: rows('t', train), validation: rows('v', validation), test: rows('u') },
  });
}
