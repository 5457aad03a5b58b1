import { withComponent, type ComponentConfiguration, type Configuration } from '../../core/system/configuration';
import type { Json } from '../../core/system/json';
import { randomStream } from '../../core/random/stream';
import type { Stage } from './stage';

export interface ScoredConfiguration {
  configuration: Configuration;
  score: number;
}

/**
 * The best that one component can do alone, exactly: its strengths add up over its settings and the score is affine in
 * them, so that the representatives of each setting contain the maximum over the whole space.
 */
export function bestSettings(
  stage: Stage,
  configuration: Configuration,
  scoreOf: (configuration: Configuration) => number,
): { settings: ComponentConfiguration; score: number } {
  let best = { settings: configuration[stage.name] ?? {}, score: scoreOf(configuration) };
  for (const settings of representativeSettings(stage)) {
    const score = scoreOf(withComponent(configuration, stage.name, settings));
    if (score > best.score + 1e-12) best = { settings, score };
  }
  return best;
}

/**
 * Component-wise maxima (Thm 4.2), best first, found by exact coordinate ascent from the initial configuration and from
 * `restarts` random ones; one is given for each score.
 */
export function componentwiseMaxima(
  stages: readonly Stage[],
  initial: Configuration,
  scoreOf: (configuration: Configuration) => number,
  restarts: number,
): ScoredConfiguration[] {
  const starts = Array.from({ length: restarts }, (_, index) => {
    const random = randomStream(index, 'restart');
    return Object.fromEntries(stages.map((stage) => [stage.name, random.choice(representativeSettings(stage))]));
  });
  const found = new Map<string, ScoredConfiguration>();
  for (const start of [initial, ...starts]) {
    const end = ascended(stages, start, scoreOf);
    const key = end.score.toFixed(9);
    if (!found.has(key)) found.set(key, end);
  }
  return [...found.values()].sort((a, b) => b.score - a.score);
}

function ascended(
  stages: readonly Stage[],
  start: Configuration,
  scoreOf: (configuration: Configuration) => number,
): ScoredConfiguration {
  let configuration = start;
  let score = scoreOf(start);
  for (let before = -1; before < score;) {
    before = score;
    for (const stage of stages) {
      const best = bestSettings(stage, configuration, scoreOf);
      configuration = withComponent(configuration, stage.name, best.settings);
      score = best.score;
    }
  }
  return { configuration, score };
}

function representativeSettings(stage: Stage): ComponentConfiguration[] {
  return Object.entries(stage.settings).reduce<Record<string, Json>[]>(
    (partial, [name, setting]) =>
      partial.flatMap((settings) => setting.representatives.map((value) => ({ ...settings, [name]: value }))),
    [{}],
  );
}
