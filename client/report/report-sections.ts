import { moveText } from '../../core/run/move-text';
import type { ResultDocument } from '../../core/run/result-document';
import {
  countText,
  countedText,
  durationText,
  examplePriceText,
  gainText,
  intervalText,
  moneyText,
  percentText,
  pOfLevelText,
  pText,
  scoreText,
  secondsText,
} from './figures';
import { priceChangeText } from './decision-text';
import { alignmentText } from './reward-text';
import type { RunReport } from './run-report';
import { settingChanges, shortened, type SettingTexts } from './setting-changes';

/** The tables of a report, cell by cell: text and markdown only differ in how they draw them. */
export interface Table {
  head: string[];
  rows: string[][];
}

const estimateText = (estimate: ResultDocument['baseline']['test']): string =>
  estimate === null
    ? 'not measured'
    : `${scoreText(estimate.mean)} (${intervalText(estimate.ci95, scoreText)}, n = ${estimate.n})`;

/** Baseline and final scores, with 95 % intervals. */
export function scoreTable({ baseline, final, objectives }: ResultDocument): Table {
  const prices = objectives?.prices ?? undefined;
  return {
    head: ['score (95 % interval)', 'before', 'after'],
    rows: [
      ['test', estimateText(baseline.test), estimateText(final.test)],
      ['validation', estimateText(baseline.validation), estimateText(final.validation)],
      ...(prices === undefined
        ? []
        : [
            ['US dollars per test example', examplePriceText(prices.before.usd), examplePriceText(prices.after.usd)],
            ['seconds per test example', secondsText(prices.before.seconds), secondsText(prices.after.seconds)],
          ]),
    ],
  };
}

/** What the run achieved: the score in one sentence, and in another what an example costs, where that is an objective. */
export function gainSentence(document: ResultDocument): string {
  const prices = document.objectives?.prices ?? undefined;
  const sentence = scoreSentence(document, prices !== undefined);
  return prices === undefined ? sentence : `${sentence} An example: ${priceChangeText(prices)}.`;
}

function scoreSentence({ final, baseline }: ResultDocument, priced: boolean): string {
  if (final.gain === null || baseline.test === null || final.test === null) {
    return 'The test examples were not measured: there is no unbiased estimate of the gain.';
  }
  const { mean, ci95, p } = final.gain;
  if (mean === 0 && ci95[0] === 0 && ci95[1] === 0) {
    const before = `Test score ${scoreText(baseline.test.mean)}, as before`;
    return priced ? `${before}.` : `${before}: no better configuration was found.`;
  }
  return (
    `Test score ${scoreText(baseline.test.mean)} -> ${scoreText(final.test.mean)}: ` +
    `${gainText(mean)} (95 % interval ${intervalText(ci95, gainText)}, ${pText(p)}, ${final.test.n} held-out examples).`
  );
}

export function changeTable(report: RunReport): Table {
  const row = (change: SettingTexts): string[] => [
    change.part === 'value'
      ? `${change.component}.${change.variable}`
      : `${change.component}.${change.variable} ${change.part}`,
    shortened(change.before, 200),
    shortened(change.after, 200),
  ];
  return { head: ['setting', 'before', 'after'], rows: settingChanges(report.baseline, report.incumbent).map(row) };
}

export function rewardTable(report: RunReport): Table {
  const rows = Object.entries(report.rewards).map(([component, reward]) => [
    component,
    alignmentText(reward, component),
    countText(reward.pairs),
    reward.trusted ? 'yes' : 'no',
  ]);
  return { head: ['local reward', 'held-out alignment', 'pairs', 'trusted'], rows };
}

/** How often local gains failed globally; nothing where no trusted reward sent a candidate to validation. */
export function localToGlobalLines({ localToGlobal }: ResultDocument): string[] {
  if (localToGlobal === undefined || localToGlobal.failureRate === null) return [];
  const { candidates, failed, failureRate, meanExcess } = localToGlobal;
  const rate = `${percentText(failureRate.value)} (95 % interval ${intervalText(failureRate.ci95, percentText)})`;
  const excess =
    meanExcess === null
      ? ''
      : `; in the mean they promised ${scoreText(Math.abs(meanExcess))} ${meanExcess < 0 ? 'less' : 'more'} than came`;
  return [
    `Of ${countedText(candidates, 'validated candidate')} that a trusted local reward expected to gain, ${failed} did not gain globally: ${rate}${excess}`,
  ];
}

/** Epsilon per component, and what it rests on. */
export function certificateTable({ certificate }: ResultDocument): Table {
  const rows = Object.entries(certificate?.components ?? {}).map(([name, component]) => {
    const [worst] = component.candidates;
    return [
      name,
      scoreText(component.epsilon),
      scoreText(component.epsilonOfTried ?? null),
      countText(component.tried),
      countText(component.measured),
      worst === undefined ? '-' : `${gainText(worst.meanGain)} on ${countedText(worst.examples, 'example')}`,
    ];
  });
  return { head: ['component', 'epsilon', 'of all tried', 'tried', 'measured', 'set by a mean gain of'], rows };
}

/** Why there is no certificate, where that is the run's doing. */
export function uncertifiedLines({ certificate, final, objectives }: ResultDocument): string[] {
  // Earlier versions certified no prices.
  if (certificate !== undefined || objectives === undefined || final.test !== null) return [];
  return [
    'Component-wise maximum: not certified, because money or latency are objectives and there was no final test, which would say what an example costs at most',
  ];
}

/** What the certificate means, and why epsilon is as large as it is. Sentences. */
export function certificateLines({ certificate, objectives }: ResultDocument): string[] {
  if (certificate === undefined) return [];
  const { delta, bounds, dearest = 0, headroom, notTuned } = certificate;
  const unit =
    objectives === undefined
      ? 'in score'
      : `in score less price, which of the final configuration counts up to that of its dearest test example (${scoreText(dearest)})`;
  const excluded = notTuned.length === 0 ? [] : [`Not tuned in this run, and not certified: ${notTuned.join(', ')}.`];
  const components = Object.values(certificate.components);
  const certified = components.filter(({ candidate }) => candidate !== null);
  const left = objectives === undefined ? 'the highest score' : 'the highest score at no price';
  const cap = `what is left to ${left}: ${scoreText(headroom)}`;
  if (certified.length === 0) {
    return [`No candidate was measured against the final configuration: epsilon is ${cap}.`, ...excluded];
  }
  const sum = (of: (component: (typeof components)[number]) => number): number =>
    components.reduce((all, component) => all + of(component), 0);
  const uncovered = [
    { count: sum((item) => item.rankedByRewardOnly), why: 'ranked by the local reward only' },
    { count: sum((item) => item.earlierOnly), why: 'tried under an earlier configuration only' },
  ].flatMap(({ count, why }) => (count === 0 ? [] : [`${countedText(count, 'candidate')} ${why}`]));
  const largest = certified.reduce((a, b) => (b.epsilon > a.epsilon ? b : a));
  const examples = largest.candidates[0]?.examples ?? 0;
  return [
    `With ${percentText(1 - delta)} confidence no measured candidate for one component improves the final configuration by more than its component's epsilon, ${unit}.`,
    `Its size is mostly the sample's: ${countedText(bounds, 'bound')} hold at once, and the candidate that sets the largest was measured ` +
      `on ${countedText(examples, 'example')}; had it neither gained nor lost on any of them, epsilon would still be ${scoreText(largest.epsilonWithoutGains)}.`,
    ...(certified.length < components.length ? [`Where nothing was measured, epsilon is ${cap}.`] : []),
    ...(uncovered.length > 0 ? [`Not covered: ${uncovered.join(', ')}; of those epsilon is ${cap}.`] : []),
    ...excluded,
  ];
}

export function iterationTable(report: RunReport): Table {
  const rows = report.iterations.map((item) => [
    String(item.iteration + 1),
    moveText(item),
    item.accepted ? 'accepted' : 'kept',
    changesText(item.changed, item.others === undefined ? item.component : null),
    scoreText(item.before),
    scoreText(item.after),
    item.ci95 === null || item.ci95 === undefined ? '-' : intervalText(item.ci95, gainText),
    pOfLevelText(item),
    item.reason,
  ]);
  const head = ['iteration', 'component', 'decision', 'changed', 'before', 'after', 'gain, 95 %', 'p', 'reason'];
  return { head, rows };
}

/** Changes of other components than the iteration's own name theirs; in a simultaneous step all do. */
function changesText(changed: ResultDocument['iterations'][number]['changed'], own: string | null): string {
  const texts = changed.map(
    ({ component, variable, kind }) => `${component === own ? '' : `${component}.`}${variable} (${kind})`,
  );
  return [...new Set(texts)].join(', ') || '-';
}

export function costLines({ cost }: ResultDocument): string[] {
  return [
    `${countedText(cost.llmCalls, 'model call')}, ${countText(cost.promptTokens)} prompt and ` +
      `${countText(cost.completionTokens)} completion tokens, ${moneyText(cost.usd)}, ${durationText(cost.wallClockMs)}`,
    `${countedText(cost.componentCalls, 'component call')} (as many as ${countedText(cost.systemRuns, 'whole run')} of the system), ` +
      `${countText(cost.memoHits)} answered from the memo`,
  ];
}
