import { UnknownSystem } from '../../activities/unknown-system';
import { DefinitionError } from '../../core/system/definition-error';
import type { System } from '../../core/system/system';
import { checkSystems, type Config, type SystemTools } from './define-config';

/**
 * The systems of a config, by name.
 *
 * @throws DefinitionError when the config defines none, or one wrongly.
 */
export function configuredSystems(config: Config, tools: SystemTools): Map<string, System> {
  const systems = typeof config.systems === 'function' ? config.systems(tools) : config.systems;
  if (systems.length === 0) throw new DefinitionError('config: systems is empty; define at least one system({...})');
  checkSystems(systems);
  return new Map(systems.map((item) => [item.name, item]));
}

/** @throws UnknownSystem listing the systems that there are. */
export function systemNamed(systems: ReadonlyMap<string, System>, name: string): System {
  const found = systems.get(name);
  if (found === undefined) throw new UnknownSystem(name, [...systems.keys()]);
  return found;
}
