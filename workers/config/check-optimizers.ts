import { optimizerKinds, type Optimizer } from '../../core/search/own-optimizer';
import { builtInOptimizers } from '../../core/search/optimizers/built-in';
import { DefinitionError } from '../../core/system/definition-error';
import { didYouMean } from '../../providers/language-models';

const members = ['name', 'kinds', 'version', 'propose'];
const form = "{ name, kinds: ['integer'], propose(context) { return [{ variable: value }]; } }";

/** @throws DefinitionError naming the optimizer and its member at fault. */
export function checkOptimizers(optimizers: unknown): asserts optimizers is readonly Optimizer[] | undefined {
  if (optimizers === undefined) return;
  if (!Array.isArray(optimizers))
    throw new DefinitionError(`config: optimizers must be a list of objects like ${form}`);
  const names = new Set<string>(builtInOptimizers.map(({ name }) => name));
  for (const [index, optimizer] of (optimizers as unknown[]).entries()) {
    checkOptimizer(`config: optimizers[${index}]`, optimizer, names);
    names.add((optimizer as Optimizer).name);
  }
}

function checkOptimizer(at: string, optimizer: unknown, taken: ReadonlySet<string>): void {
  if (typeof optimizer !== 'object' || optimizer === null || Array.isArray(optimizer)) {
    throw new DefinitionError(`${at} must be an object like ${form}`);
  }
  const { name, kinds, version, propose } = optimizer as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) {
    throw new DefinitionError(
      `${at}.name must be a text that starts with a letter and has only letters, digits, '_' and '-'`,
    );
  }
  const own = `${at} ('${name}')`;
  if (taken.has(name)) throw new DefinitionError(`${own}: another optimizer has this name; rename it`);
  const unknown = Object.keys(optimizer).find((member) => !members.includes(member));
  if (unknown !== undefined) {
    throw new DefinitionError(
      `${own} has no member '${unknown}'${didYouMean(unknown, members) || `; known ones: ${members.join(', ')}`}`,
    );
  }
  const known: readonly unknown[] = optimizerKinds;
  if (!Array.isArray(kinds) || kinds.length === 0 || !kinds.every((kind) => known.includes(kind))) {
    throw new DefinitionError(`${own}: kinds must be a list of some of ${optimizerKinds.join(', ')}`);
  }
  if (version !== undefined && (typeof version !== 'string' || version === '')) {
    throw new DefinitionError(`${own}: version must be a non-empty text`);
  }
  if (typeof propose !== 'function') {
    throw new DefinitionError(`${own}: propose must be a function (context) => a list of settings`);
  }
}
