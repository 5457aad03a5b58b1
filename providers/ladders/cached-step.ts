import { StepUnavailable, type Step } from './climb';
import { isPresent } from './is-present';

/** The step that takes `target` from the cache. What is there was verified before it was put there. */
export function cachedStep<T>(target: string, value: T): Step<T> {
  return {
    name: 'local cache',
    kind: 'cache',
    take: async () => {
      if (!isPresent(target)) throw new StepUnavailable(`${target} is not there`);
      return value;
    },
  };
}
