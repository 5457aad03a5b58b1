import { contentHash } from '../../core/system/canonical-json';
import type {
  ComponentCall,
  ComponentCallResult,
  ComponentCaller,
  MetricCall,
  MetricCallResult,
} from '../../core/system/component-caller';
import { drawId, drawSeed } from '../../core/system/draw';
import { messageOf, noCost } from '../../core/system/interpreter';
import type { Json } from '../../core/system/json';
import { readOutput } from '../../core/system/read-output';
import type { Cost, MetricResult, Sample } from '../../core/system/run-context';
import type { ResolvedSystem } from '../definition/resolve-system';
import { shortText } from '../short-text';
import { attemptFailure } from './attempt-failure';
import type { CallMeter } from './call-meter';
import { orAborted } from './or-aborted';
import { recordedModels, type RecordedModels } from './recorded-models';

/**
 * Runs components and metrics of one system, answering from the memo where it may.
 * A component's failure is not kept: its cause may be outside of all that the key holds (a tool that is down, a variable that
 * is not set), and the next run is to see what was mended. Its model calls are kept.
 * A deterministic component has one entry per (version, models, configuration, inputs); a stochastic one also one per draw.
 * `models` is what all configured models stand for: which of them a component calls is not known, deterministic or not.
 */
export class MemoisedCaller implements ComponentCaller {
  constructor(
    private readonly resolved: ResolvedSystem,
    private readonly meter: CallMeter,
  ) {}

  async callComponent(call: ComponentCall): Promise<ComponentCallResult> {
    const { component, inputs, configuration, draw, signal } = call;
    const key = contentHash({
      kind: 'component',
      scope: this.meter.scope,
      component: component.name,
      version: this.resolved.versions[component.name],
      models: this.meter.languageModels.identity,
      configuration,
      inputs,
      draw: component.deterministic ? null : drawId(draw),
    });
    const stored = await this.meter.memo.recall(
      { key, kind: 'component', runId: this.meter.runId, role: component.name },
      async (memoSignal) => {
        const made = await this.runComponent(call, memoSignal);
        return { value: made as unknown as Json, usage: noCost, keep: made.outcome.status === 'ok' };
      },
      signal,
    );
    const { outcome, usage } = stored.value as unknown as { outcome: ComponentCallResult['outcome']; usage: Cost };
    return { outcome, usage, memoHit: stored.hit };
  }

  async callMetric(call: MetricCall): Promise<MetricCallResult> {
    const { system, example, output, draw, signal } = call;
    const models = recordedModels(this.meter, {
      role: 'metric',
      seed: drawSeed(draw),
      draw: system.metricDeterministic ? 'metric' : drawId(draw),
      signal,
    });
    const { usage } = models;
    let verdict: number | MetricResult;
    try {
      verdict = await orAborted(
        // Copies: the example is the data set's own, and the output goes into the trace.
        () => system.metric(structuredClone(example) as never, structuredClone(output) as never, { models, signal }),
        signal,
      );
    } catch (error) {
      throwUnlessSystemFailed(error, models, signal);
      const thrown = shortText(messageOf(error));
      return { status: 'failed', reason: `the metric threw for example '${example.id}': ${thrown}`, usage };
    }
    // A metric that swallowed an outage must not turn it into a score.
    if (models.failure !== undefined) throw models.failure;
    const result = typeof verdict === 'number' ? { score: verdict } : verdict;
    if (typeof result?.score !== 'number' || !(result.score >= 0 && result.score <= 1)) {
      return {
        status: 'failed',
        reason: `the metric returned ${shown(result?.score)} for example '${example.id}'; expected a score in [0, 1]`,
        usage,
      };
    }
    return { status: 'ok', result, usage };
  }

  private async runComponent(
    call: ComponentCall,
    signal: AbortSignal,
  ): Promise<{ outcome: ComponentCallResult['outcome']; usage: Cost }> {
    const { component, inputs, configuration, draw } = call;
    const seed = drawSeed(draw);
    const sample: Sample = {
      index: draw.index,
      seed,
      ...(draw.temperature === undefined ? {} : { temperature: draw.temperature }),
    };
    const models = recordedModels(this.meter, {
      role: component.name,
      seed,
      draw: drawId(draw),
      signal,
      ...(draw.temperature === undefined ? {} : { temperature: draw.temperature }),
    });
    const started = performance.now();
    const usage = (): Cost => ({ ...models.usage, latencyMs: models.usage.latencyMs || performance.now() - started });
    let returned: unknown;
    try {
      returned = await orAborted(
        () =>
          component.run(
            structuredClone(inputs) as never,
            { configuration: structuredClone(configuration), models, sample, signal } as never,
          ),
        signal,
      );
    } catch (error) {
      throwUnlessSystemFailed(error, models, signal);
      return { outcome: { status: 'failed', reason: shortText(messageOf(error)) }, usage: usage() };
    }
    // A component that swallowed an outage must not turn it into an output.
    if (models.failure !== undefined) throw models.failure;
    const outcome = readOutput(component, returned);
    return {
      outcome: outcome.status === 'ok' ? outcome : { ...outcome, reason: shortText(outcome.reason) },
      usage: usage(),
    };
  }
}

function shown(score: unknown): string {
  return typeof score === 'number' ? String(score) : shortText(JSON.stringify(score) ?? 'nothing');
}

/** Cancellation and failures outside the system under test pass through, also those that user code wrapped or replaced. */
function throwUnlessSystemFailed(error: unknown, models: RecordedModels, signal: AbortSignal): void {
  signal.throwIfAborted();
  const failure = models.failure ?? attemptFailure(error);
  if (failure !== undefined) throw failure;
}
