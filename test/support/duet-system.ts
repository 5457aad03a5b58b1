import { z } from 'zod';
import { component } from '../../core/system/component';
import { initialConfiguration, withComponent, type Configuration } from '../../core/system/configuration';
import { system, type System } from '../../core/system/system';
import { model, oneOf, type Variable } from '../../core/system/variable';

/** An example is answered where its difficulty, in [0, 1), is below what the two settings are worth together. */
type DuetExample = { id: string; topic: string; difficulty: number };

/** Evenly spread, so that every sample has easy and hard ones. */
const examples = (split: string, count: number): DuetExample[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${split}${index}`,
    topic: `topic ${index}`,
    difficulty: ((index * 7) % count) / count,
  }));

/**
 * planner -> printer -> writer, all deterministic: what is made of a topic depends on whether planner and writer have the same
 * setting (of the name `variable`), so that each change of one of them alone loses.
 *
 * @param options.worth setting -> share of examples that are answered where both have it; 0.1 where they differ.
 */
export function duet(options: {
  name: string;
  variable: string;
  values: Variable;
  worth: Readonly<Record<string, number>>;
}): System {
  const { variable, worth } = options;
  const configuration = { [variable]: options.values };
  return system({
    name: options.name,
    input: z.object({ topic: z.string() }),
    output: z.object({ planned: z.string(), written: z.string() }),
    components: [
      component({
        name: 'planner',
        description: 'Plans',
        input: z.object({ topic: z.string() }),
        output: z.object({ plan: z.string() }),
        configuration,
        captures: { variable },
        deterministic: true,
        run: (_, context) => ({ plan: String((context.configuration as Record<string, unknown>)[variable]) }),
      }),
      component({
        name: 'printer',
        description: 'Prints the plan',
        input: z.object({ plan: z.string() }),
        output: z.object({ planned: z.string() }),
        deterministic: true,
        run: ({ plan }) => ({ planned: plan }),
      }),
      component({
        name: 'writer',
        description: 'Writes',
        input: z.object({ planned: z.string(), topic: z.string() }),
        output: z.object({ written: z.string() }),
        configuration,
        captures: { variable },
        deterministic: true,
        run: (_, context) => ({ written: String((context.configuration as Record<string, unknown>)[variable]) }),
      }),
    ],
    metric: ({ difficulty }: DuetExample, { planned, written }) => {
      const share = planned === written ? (worth[planned] ?? 0) : 0.1;
      return difficulty < share ? 1 : 0;
    },
    dataset: { train: examples('a', 60), validation: examples('b', 60), test: examples('c', 40) },
  });
}

export const stylesDuet = (): System =>
  duet({
    ...{ name: 'styles-duet', variable: 'style', values: oneOf(['plain', 'brief', 'formal', 'ornate']) },
    worth: { plain: 0.4, brief: 0.3, formal: 0.9, ornate: 0.2 },
  });

export const modelsDuet = (): System =>
  duet({
    ...{ name: 'models-duet', variable: 'model', values: model(['small', 'large']) },
    worth: { small: 0.4, large: 0.9 },
  });

/** Every configuration that differs from the initial one in one component only. */
export function singleChanges(of: System, variable: string, values: readonly string[]): Configuration[] {
  const initial = initialConfiguration(of);
  return ['planner', 'writer'].flatMap((name) =>
    values.map((value) => withComponent(initial, name, { [variable]: value })),
  );
}
