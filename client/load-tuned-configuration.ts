import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DefinitionError } from '../core/system/definition-error';
import { faultOf } from '../core/system/configuration';
import { messageOf } from '../core/system/interpreter';
import type { Json } from '../core/system/json';
import type { ValueOf, Variables } from '../core/system/variable';
import { checkVariables } from '../core/system/variable-faults';

/** component -> its variables, as given to `component({configuration})`. */
type ComponentVariables = Record<string, Variables>;

export type TunedConfiguration<C extends ComponentVariables> = {
  readonly [K in keyof C]: { readonly [V in keyof C[K]]: ValueOf<C[K][V]> };
};

/** Exported configurations and result documents both carry one. */
const carrier = z.object({
  schemaVersion: z.literal(1),
  configuration: z.record(z.string(), z.record(z.string(), z.json())),
});

/**
 * Reads a tuned configuration (from `optimas export`, or a result document) and checks it against the variables that the
 * application uses. Needs no Temporal server and no database.
 *
 * @example
 * const { answerer } = loadTunedConfiguration('tuned.json', { answerer: { prompt: answererPrompt } });
 * @throws DefinitionError naming the file, the component and the variable at fault.
 */
export function loadTunedConfiguration<C extends ComponentVariables>(
  file: string,
  components: C,
): TunedConfiguration<C> {
  for (const [component, variables] of Object.entries(components)) checkVariables(component, variables);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DefinitionError(
      `${file} cannot be read: ${messageOf(error)}; write it with: optimas export --output ${file}`,
    );
  }
  const parsed = carrier.safeParse(content);
  if (!parsed.success) {
    throw new DefinitionError(`${file} is not an exported configuration: ${z.prettifyError(parsed.error)}`);
  }
  const { configuration } = parsed.data;
  const chosen = Object.entries(components).map(([component, variables]) => {
    const settings = Object.entries(variables).map(([name, variable]) => {
      const value = configuration[component]?.[name] as Json | undefined;
      const fault = faultOf(variable, value);
      if (fault !== undefined) {
        throw new DefinitionError(`${file}: variable '${name}' of component '${component}' ${fault}`);
      }
      return [name, value] as const;
    });
    return [component, Object.fromEntries(settings)] as const;
  });
  return Object.fromEntries(chosen) as unknown as TunedConfiguration<C>;
}
