import { mean } from '../core/validation/moments';
import { pairByExample } from '../core/validation/scores-by-example';
import type { Finalists, HalveInput } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { exampleSample } from './example-samples';
import { inActivity } from './in-activity';
import { openRun } from './open-run';
import { validationScores } from './validation-scores';

/** After the first third of the validation sample only the best finalist goes on, and only if it leads the incumbent. */
export function halve(dependencies: ActivityDependencies, input: HalveInput): Promise<Finalists> {
  return inActivity(async () => {
    const run = await openRun(dependencies, input.runId);
    const sample = exampleSample(run.resolved, run.seed, {
      split: 'validation',
      purpose: 'validation',
      iteration: input.iteration,
      count: input.count,
    }).slice(0, input.measured);
    const ids = sample.map((example) => example.id);
    const incumbent = await validationScores(dependencies, input, input.incumbent, ids);
    const gains = await Promise.all(
      input.finalists.map(async (hash) => {
        const scores = await validationScores(dependencies, input, hash, ids);
        return { hash, gain: mean(pairByExample(incumbent, scores).differences) };
      }),
    );
    gains.sort((a, b) => b.gain - a.gain || (a.hash < b.hash ? -1 : 1));
    const best = gains[0];
    await dependencies.stores.ledger.append(input.runId, [
      {
        key: `iteration/${input.iteration}/halving`,
        iteration: input.iteration,
        kind: 'halving',
        body: { examples: ids.length, gains },
      },
    ]);
    if (best === undefined || best.gain <= 0) {
      return {
        hashes: [],
        reason: `no finalist leads the incumbent after ${ids.length} validation examples (best ${best?.gain.toFixed(4) ?? 'none'})`,
      };
    }
    return { hashes: [best.hash], reason: `leads by ${best.gain.toFixed(4)} after ${ids.length} validation examples` };
  });
}
