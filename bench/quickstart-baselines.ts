import { setMaxListeners } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { MemoisedCaller } from '../activities/calls/memoised-caller';
import { modelSpend } from '../activities/calls/model-spend';
import { usualPriority } from '../core/run/priority';
import { exampleSample } from '../activities/example-samples';
import type { OpenRun } from '../activities/open-run';
import { alternativeSettings } from '../activities/optimize-component/alternative-settings';
import type { TracedEvaluation } from '../activities/traces';
import { randomStream } from '../core/random/stream';
import { placeProposal } from '../core/search/place-proposal';
import { defaultPlan } from '../core/run/plan';
import { configurationHash, initialConfiguration, type Configuration } from '../core/system/configuration';
import type { Draw, Purpose } from '../core/system/draw';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { Split } from '../core/system/system';
import { pairByExample } from '../core/validation/scores-by-example';
import { pairedTest } from '../core/validation/paired-test';
import { meanInterval } from '../core/validation/score-interval';
import config from '../systems/quickstart/optimas.config';
import { findLocalParts } from '../workers/local-parts';
import { openRuntime } from '../workers/runtime';
import { randomConfiguration } from './random-configuration';

/**
 * What the quick start reaches without Optimas, at as many model calls: the best single change, and random search over the
 * same proposals. Both choose on validation examples and are then measured on the run's test examples.
 * `npm run bench:quickstart-baselines -- --method random --seed 0 --calls 900`
 */
async function main(): Promise<void> {
  const options = new Command('bench:quickstart-baselines')
    .requiredOption('--method <name>', 'single or random')
    .option('--seed <n>', 'the run seed whose samples are used', Number, 0)
    .requiredOption('--calls <n>', 'model calls to spend, the final test included', Number)
    .option('--folder <path>', 'where the database goes', '.optimas/bench-baselines')
    .option('--json <file>', 'where gain, interval and calls are written as JSON')
    .parse()
    .opts<{ method: 'single' | 'random'; seed: number; calls: number; folder: string; json?: string }>();
  const { seed } = options;
  const folder = resolve(options.folder, `${options.method}-${seed}`);
  mkdirSync(folder, { recursive: true });
  const parts = await findLocalParts(config, { say: (line) => process.stdout.write(`${line}\n`) });
  const runtime = await openRuntime(config, { ...parts, databaseUrl: `file:${join(folder, 'optimas.db')}` });
  const resolved = await runtime.resolve('quickstart');
  const { system } = resolved;
  const runId = `${options.method}-${seed}`;
  const plan = { ...defaultPlan, ...config.optimization };
  const meter = () => ({
    runId,
    memo: runtime.stores.memo,
    spend: runtime.stores.spend,
    reservations: runtime.stores.reservations,
    languageModels: runtime.languageModels,
    limits: {},
    priority: usualPriority,
    scope: '',
  });
  const caller = new MemoisedCaller(resolved, meter());
  const run: OpenRun = { runId, seed, plan, resolved, meter, caller: () => caller };
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // One signal is shared by all calls.
  const traces = new Map<string, TracedEvaluation>();

  const measure = async (configuration: Configuration, split: Split, purpose: Purpose, count: number) => {
    const examples = exampleSample(resolved, seed, { split, purpose, iteration: -1, count });
    const scored = await Promise.all(
      examples.map(async (example): Promise<[string, number]> => {
        const draw: Draw = { runSeed: seed, purpose, iteration: -1, exampleId: example.id, index: 0 };
        const trace = await runExample({ system, configuration, example, draw, caller, signal });
        const score = await scoreTrace(trace, { system, example, draw, caller, signal });
        if (split === 'train') traces.set(example.id, { trace, evaluation: { ...score, drawIndex: 0 } });
        return [example.id, score.score];
      }),
    );
    const scores = new Map(scored);
    return { scores, mean: meanInterval([...scores.values()]).mean };
  };
  const spent = async (): Promise<number> => (await modelSpend(runtime.stores.spend, runId)).calls;

  // The memo would answer what an earlier bench paid for, and its calls would count for this one.
  if ((await spent()) > 0) throw new Error(`${folder} has the calls of an earlier bench: name another --folder`);
  const initial = initialConfiguration(system);
  // As many as a run sees in all its iterations.
  const trainingInputs = plan.preferenceInputs + plan.iterations * plan.adaptationInputs;
  await measure(initial, 'train', 'preference', trainingInputs);
  const pools = await Promise.all(
    system.components.map(async (component) => ({
      component,
      proposals: await alternativeSettings(run, {
        ...{ component, iteration: -1, incumbent: initial, traces, signal },
        purpose: 'proposals',
      }),
    })),
  );
  const stream = randomStream(seed, 'baselines', options.method);
  const singles = (): Configuration[] =>
    pools.flatMap(({ component, proposals }) =>
      proposals.slice(0, plan.proposals).map((proposal) => placeProposal(initial, component.name, proposal)),
    );
  const anywhere = (): Configuration => randomConfiguration(initial, pools, stream);
  const queue = options.method === 'single' ? stream.shuffle(singles()) : undefined;
  const reserve = 2 * 2 * plan.testExamples;
  const baseline = await measure(initial, 'validation', 'validation', plan.validationExamples);
  let best = { configuration: initial, mean: baseline.mean };
  let tried = 0;
  while ((await spent()) < options.calls - reserve) {
    const candidate = queue === undefined ? anywhere() : queue.pop();
    if (candidate === undefined) break;
    const { mean } = await measure(candidate, 'validation', 'validation', plan.validationExamples);
    tried += 1;
    if (mean > best.mean) best = { configuration: candidate, mean };
    process.stdout.write(`${tried}: ${mean.toFixed(3)} (best ${best.mean.toFixed(3)}, ${await spent()} calls)\n`);
  }
  const before = await measure(initial, 'test', 'test', plan.testExamples);
  const after = await measure(best.configuration, 'test', 'test', plan.testExamples);
  const { differences } = pairByExample(before.scores, after.scores);
  const gain = pairedTest(differences, { seed });
  process.stdout.write(
    `${options.method}, seed ${seed}: ${tried} configurations tried, test ${before.mean.toFixed(3)} -> ` +
      `${after.mean.toFixed(3)}, gain ${gain.mean.toFixed(3)} (${gain.ci95.map((end) => end.toFixed(3)).join(' to ')}), ` +
      `configuration ${configurationHash(best.configuration).slice(0, 12)}\n` +
      `spent ${await spent()} model calls; ${options.calls} were to be spent\n`,
  );
  if (options.json !== undefined) {
    const { entries } = await runtime.stores.spend.totals(runId, 'component');
    const outcome = {
      gain: gain.mean,
      ci95: gain.ci95,
      validatedGain: best.mean - baseline.mean,
      calls: await spent(),
      systemRuns: entries / system.components.length,
    };
    writeFileSync(options.json, JSON.stringify(outcome));
  }
  await runtime.close();
  await parts.close();
}

void main();
