import type { ComponentCall, ComponentCallResult, ComponentCaller, MetricCall } from './component-caller';
import { drawSeed } from './draw';
import { InfrastructureError } from './infrastructure-error';
import { messageOf, noCost } from './interpreter';
import { outsideFailure } from './outside-failure';
import { readOutput } from './read-output';
import type { Cost, MetricResult, ModelClients, Usage } from './run-context';

/**
 * Calls components and metrics in this process, with no memo: for tests, simulations and one-off calls. What fails counts
 * as in a run.
 *
 * @param models clients for components and metrics that call models; without them such a call is a systematic
 *   InfrastructureError.
 */
export function directCaller(models: ModelClients = noModels): ComponentCaller {
  return {
    async callComponent(call: ComponentCall): Promise<ComponentCallResult> {
      const { component, draw, signal } = call;
      const recorded = recording(models);
      const { usage } = recorded;
      const context = {
        configuration: structuredClone(call.configuration),
        models: recorded.models,
        sample: {
          index: draw.index,
          seed: drawSeed(draw),
          ...(draw.temperature === undefined ? {} : { temperature: draw.temperature }),
        },
        signal,
      };
      const inputs = structuredClone(call.inputs);
      const returned = await attempt(() => component.run(inputs as never, context as never), recorded, signal);
      if ('reason' in returned)
        return { outcome: { status: 'failed', reason: returned.reason }, usage, memoHit: false };
      return { outcome: readOutput(component, returned.value), usage, memoHit: false };
    },
    async callMetric({ system, example, output, signal }: MetricCall) {
      const recorded = recording(models);
      const { usage } = recorded;
      const returned = await attempt(
        // Copies: the example is the data set's own, and the output goes into the trace.
        () =>
          system.metric(structuredClone(example) as never, structuredClone(output) as never, {
            models: recorded.models,
            signal,
          }),
        recorded,
        signal,
      );
      if ('reason' in returned) return { status: 'failed', reason: `the metric threw: ${returned.reason}`, usage };
      const value = returned.value as number | MetricResult;
      const result: MetricResult = typeof value === 'number' ? { score: value } : value;
      return result?.score >= 0 && result.score <= 1
        ? { status: 'ok', result, usage }
        : { status: 'failed', reason: `the metric's score is ${result?.score}; it must be a number in [0, 1]`, usage };
    },
  };
}

/** What user code returned, or why it failed. @throws what ends the attempt, also where it was swallowed; an abort's reason */
async function attempt(
  run: () => unknown,
  recorded: Recording,
  signal: AbortSignal,
): Promise<{ value: unknown } | { reason: string }> {
  let returned: { value: unknown } | { reason: string };
  let thrown: Error | undefined;
  try {
    returned = { value: await run() };
  } catch (error) {
    signal.throwIfAborted();
    returned = { reason: messageOf(error) };
    thrown = outsideFailure(error);
  }
  const failure = thrown ?? recorded.failure;
  if (failure !== undefined) throw failure;
  return returned;
}

interface Recording {
  models: ModelClients;
  usage: Cost;
  /** The first failed call that must end the attempt. */
  failure: Error | undefined;
}

function recording(models: ModelClients): Recording {
  const usage = { ...noCost };
  const record = async <T>(call: () => Promise<T>, cost: (value: T) => Partial<Usage>): Promise<T> => {
    try {
      const value = await call();
      const { promptTokens = 0, completionTokens = 0, usd = 0, latencyMs = 0 } = cost(value);
      usage.calls += 1;
      usage.promptTokens += promptTokens;
      usage.completionTokens += completionTokens;
      usage.usd += usd;
      usage.latencyMs += latencyMs;
      return value;
    } catch (error) {
      recorded.failure ??= outsideFailure(error);
      throw error;
    }
  };
  const recorded: Recording = {
    usage,
    failure: undefined,
    models: {
      chat: (request) =>
        record(
          () => models.chat(request),
          (response) => response.usage,
        ),
      embed: (request) =>
        record(
          () => models.embed(request),
          () => ({}),
        ),
    },
  };
  return recorded;
}

const noModels: ModelClients = {
  chat: (request) => Promise.reject(unavailable(request.model)),
  embed: (request) => Promise.reject(unavailable(request.model)),
};

function unavailable(model: string): InfrastructureError {
  return new InfrastructureError(`model '${model}' was called, but directCaller was given no model clients`, {
    kind: 'systematic',
  });
}
