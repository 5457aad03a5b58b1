import { z } from 'zod';
import { component } from '../../core/system/component';
import { system, type System } from '../../core/system/system';
import { oneOf } from '../../core/system/variable';

const text = z.object({ text: z.string() });
const loud = z.object({ loud: z.string() });
const examples = (split: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `${split}${index}`, text: `${split} ${index}` }));

/** For runs of many quick iterations, of which none improves anything; with `tests` test examples. */
export const shoutingOn = (tests: number): System =>
  system({
    name: 'shouting',
    input: text,
    output: loud,
    components: [
      component({
        name: 'shouter',
        description: 'Says it louder',
        input: text,
        output: loud,
        configuration: { marks: oneOf([1, 2, 3]) },
        run: ({ text: said }) => ({ loud: `${said}!` }),
      }),
    ],
    metric: () => 0.5,
    dataset: { train: examples('a', 12), validation: examples('b', 12), test: examples('c', tests) },
  });
