import type { Candidate } from '../preference/candidate';
import { candidatesFor } from '../preference/candidates-for';
import { canonicalJson } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import { mean } from '../validation/moments';
import type { OptimizerContext, TracedCall } from './component-optimizer';

/** An output that gains or loses less, in score, tells nothing. */
const tellingGain = 0.005;

/** A call that went wrong, and what the component could have said instead. */
export interface ReflectedCall extends TracedCall {
  /** The component's own other outputs for these inputs that are better or worse, best first. */
  others: RankedOutput[];
}

export interface RankedOutput {
  outputs: JsonObject;
  /** Over the output that was given, in score: as the component's trusted LRF expects it, or else by rollouts. */
  gain: number;
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
  const ranked = await rankedOutputs(context);
  return context.traces
    .map((call): ReflectedCall => ({ ...call, others: ranked.get(call.exampleId) ?? [] }))
    .filter((call) => lossOf(call) > 0 || call.score < 1)
    .sort((a, b) => lossOf(b) - lossOf(a) || a.score - b.score || (a.exampleId < b.exampleId ? -1 : 1))
    .slice(0, count);
}

/** What the component itself is known to have lost. */
function lossOf({ failure, others: [best] }: ReflectedCall): number {
  return failure !== undefined ? 1 : Math.max(0, best?.gain ?? 0);
}

/** Example id -> the other outputs for the same inputs that gain or lose something, best first. */
async function rankedOutputs({
  traces,
  candidates,
  rewardGains,
}: Pick<OptimizerContext, 'traces' | 'candidates' | 'rewardGains'>): Promise<Map<string, RankedOutput[]>> {
  const pairs = traces.flatMap(({ exampleId, inputs, outputs }) => {
    if (outputs === undefined) return [];
    const own = candidatesFor(candidates, { exampleId, inputs });
    const base = own.find((item) => canonicalJson(item.outputs) === canonicalJson(outputs));
    const others = own.filter((item) => item !== base);
    return others.map((other) => ({ exampleId, inputs, incumbent: outputs, candidate: other.outputs, other, base }));
  });
  const gains = rewardGains && (await rewardGains(pairs));
  const ranked = new Map<string, RankedOutput[]>();
  for (const [index, { exampleId, candidate, other, base }] of pairs.entries()) {
    const gain = gains === undefined ? rolloutGain(other, base) : (gains[index] as number);
    if (gain === undefined || Math.abs(gain) < tellingGain) continue;
    ranked.set(exampleId, [...(ranked.get(exampleId) ?? []), { outputs: candidate, gain }]);
  }
  for (const outputs of ranked.values()) outputs.sort((a, b) => b.gain - a.gain);
  return ranked;
}

/** Undefined: the output that was given has no rollouts of its own. */
function rolloutGain(other: Candidate, base: Candidate | undefined): number | undefined {
  return base === undefined ? undefined : mean(other.scores) - mean(base.scores);
}
