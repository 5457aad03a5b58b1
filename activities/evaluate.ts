import type { Draw } from '../core/system/draw';
import { examplePrice, usagesOf } from '../core/system/example-price';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { Evaluation } from '../storage';
import type { EvaluateInput, EvaluateResult } from './contracts';
import type { ActivityDependencies } from './dependencies';
import { exampleSample } from './example-samples';
import { settleAll } from './settle-all';
import { inActivity } from './in-activity';
import { openRun } from './open-run';

/** Collects rollouts: runs one configuration on a range of a sample, and stores scores and traces by example. */
export function evaluate(dependencies: ActivityDependencies, input: EvaluateInput): Promise<EvaluateResult> {
  return inActivity(async ({ signal, progress }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const { range, configurationHash } = input;
    const key = { runId: input.runId, purpose: range.purpose, iteration: range.iteration, configurationHash };
    const examples = exampleSample(run.resolved, run.seed, range).slice(range.from, range.to);
    const again = input.again ?? false;
    const stored = new Map(
      (await stores.evaluations.list(key))
        .filter(({ failure }) => !again || failure === undefined)
        .map((evaluation) => [evaluation.exampleId, evaluation]),
    );
    const missing = examples.filter((example) => !stored.has(example.id));
    const configuration = await stores.configurations.get(configurationHash);
    const caller = run.caller(input.limits);
    const { system } = run.resolved;
    let done = 0;
    const evaluated = await settleAll(
      missing.map(async (example): Promise<Evaluation> => {
        const draw: Draw = {
          runSeed: run.seed,
          purpose: range.purpose,
          iteration: range.iteration,
          exampleId: example.id,
          index: 0,
        };
        const trace = await runExample({ system, configuration, example, draw, caller, signal });
        const { usage, ...score } = await scoreTrace(trace, { system, example, draw, caller, signal });
        const price = examplePrice(usagesOf(trace), system.wiring);
        const { sha256 } = await stores.blobs.putJson({ ...trace, metricUsage: usage, price });
        progress(++done, missing.length);
        return { ...score, drawIndex: 0, traceBlob: sha256 };
      }),
      (results) => stores.evaluations.putMany(key, results, { replaceFailures: again }),
    );
    const failures = [...evaluated, ...stored.values()].filter((evaluation) => evaluation.failure !== undefined);
    return { examples: examples.length, failures: failures.length };
  });
}
