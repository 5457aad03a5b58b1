import type { Candidate } from '../preference/candidate';
import { candidatesFor } from '../preference/candidates-for';
import { canonicalJson } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import { mean } from '../validation/moments';
import type { OptimizerContext, TracedCall } from './component-optimizer';

/** A call that went wrong, and what the component could have said instead. */
export interface ReflectedCall extends TracedCall {
  /** Of the component's own other outputs for these inputs the best one, where one is better. */
  preferred?: PreferredOutput;
}

export interface PreferredOutput {
  outputs: JsonObject;
  /** Expected gain over the output that was given, in score. */
  gain: number;
  /** `reward`: the component's LRF says so; `rollouts`: the scores of the system do. */
  by: 'reward' | 'rollouts';
}

/**
 * The calls to reflect on, worst first: those in which the component failed, then those in which another output of its own would
 * have been better, by its LRF or else by rollouts (that loss is the component's own), then the lowest scores of the
 * system. Calls without fault are left out.
 */
export async function reflectedCalls(
  context: Pick<OptimizerContext, 'traces' | 'candidates' | 'rewardGains'>,
  count: number,
): Promise<ReflectedCall[]> {
  const preferred = await preferredOutputs(context);
  const calls = context.traces.map((call): ReflectedCall => {
    const better = preferred.get(call.exampleId);
    return better === undefined ? call : { ...call, preferred: better };
  });
  return calls
    .filter((call) => call.failure !== undefined || call.preferred !== undefined || call.score < 1)
    .sort((a, b) => lossOf(b) - lossOf(a) || a.score - b.score || (a.exampleId < b.exampleId ? -1 : 1))
    .slice(0, count);
}

/** What the component itself is known to have lost. */
function lossOf({ failure, preferred }: ReflectedCall): number {
  return failure !== undefined ? 1 : (preferred?.gain ?? 0);
}

/** Example id -> the best other output for the same inputs, where it is expected to gain. */
async function preferredOutputs({
  traces,
  candidates,
  rewardGains,
}: Pick<OptimizerContext, 'traces' | 'candidates' | 'rewardGains'>): Promise<Map<string, PreferredOutput>> {
  const pairs = traces.flatMap(({ exampleId, inputs, outputs }) => {
    if (outputs === undefined) return [];
    const own = candidatesFor(candidates, { exampleId, inputs });
    const base = own.find((item) => canonicalJson(item.outputs) === canonicalJson(outputs));
    const others = own.filter((item) => item !== base);
    return others.map((other) => ({ exampleId, inputs, incumbent: outputs, candidate: other.outputs, other, base }));
  });
  const gains = rewardGains && (await rewardGains(pairs));
  const best = new Map<string, PreferredOutput>();
  pairs.forEach(({ exampleId, candidate, other, base }, index) => {
    const gain = gains === undefined ? rolloutGain(other, base) : (gains[index] as number);
    if (!(gain > (best.get(exampleId)?.gain ?? 0))) return;
    best.set(exampleId, { outputs: candidate, gain, by: gains === undefined ? 'rollouts' : 'reward' });
  });
  return best;
}

function rolloutGain(other: Candidate, base: Candidate | undefined): number {
  return base === undefined ? 0 : mean(other.scores) - mean(base.scores);
}
