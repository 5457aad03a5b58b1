import type { VariantSummary } from './summary';

const three = (value: number): string => value.toFixed(3);
const whole = (value: number): string => value.toFixed(0);
const ratio = (value: number | undefined): string =>
  value === undefined ? '' : Number.isFinite(value) ? value.toFixed(2) : 'not reached';

/** The tables of bench/README.md, as Markdown lines. */
export function report(summaries: readonly VariantSummary[]): string[] {
  return [
    ...table(
      [
        'system',
        'variant',
        'seeds',
        'true gain',
        'validated',
        'cost',
        "cost for 90 % of no-LRF's gain",
        'the same, outputs distinct',
        'the same, preference data free',
        'less random at 0.25 / 0.50 / 0.75 / 1.00 of the cost',
        'left',
        'false of accepted',
      ],
      summaries.map((item) => [
        item.system,
        item.variant,
        String(item.seeds),
        three(item.trueGain.mean),
        three(item.validatedGain),
        whole(item.cost),
        item.costRatio === null
          ? ''
          : `${ratio(item.costRatio.ratio)} (${item.costRatio.ci95.map(ratio).join(' to ')})`,
        ratio(item.ifDistinct ?? undefined),
        ratio(item.ifPreferenceWereFree ?? undefined),
        item.againstRandom === null
          ? ''
          : Object.entries(item.againstRandom)
              .map(([, difference]) => `${difference.mean >= 0 ? '+' : ''}${three(difference.mean)}`)
              .join(' / '),
        three(item.left),
        `${item.falselyAccepted} of ${item.accepted}`,
      ]),
    ),
    '',
    ...table(
      [
        'system',
        'variant',
        'certificates right',
        'runs within epsilon',
        'epsilon',
        '90 % below',
        'just the headroom',
        'median epsilon where measured',
        'alignment',
      ],
      summaries.flatMap(({ system, variant, certificate, alignment }) =>
        certificate === null
          ? []
          : [
              [
                system,
                variant,
                three(certificate.right),
                three(certificate.covers),
                three(certificate.epsilon),
                three(certificate.epsilon90),
                three(certificate.headroomOnly),
                certificate.measuredEpsilon === null ? '' : three(certificate.measuredEpsilon),
                alignment === null ? '' : three(alignment),
              ],
            ],
      ),
    ),
    '',
    ...costTable(summaries),
  ];
}

/** Where the cost goes. */
function costTable(summaries: readonly VariantSummary[]): string[] {
  const purposes = [...new Set(summaries.flatMap(({ costs }) => Object.keys(costs)))];
  return table(
    ['system', 'variant', 'iterations', ...purposes],
    summaries.map(({ system, variant, iterations, costs }) => [
      system,
      variant,
      iterations.toFixed(1),
      ...purposes.map((purpose) => whole(costs[purpose] ?? 0)),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}
