import type { VariantSummary } from './summary';
import type { VariantName } from './variant';

/** Seeds that the targets speak of. */
export const wantedSeeds = 200;
const enoughRuns = 0.95;
const highestRatio = 0.5;
/** Of p adjusted over the shares of cost. */
const significant = 0.05;

/** Systems of at least four components with 32 candidates each: all of the finite ones. */
const countsForRatio = (system: string): boolean => system.endsWith('-32');

/** The variants that a target compares ours with. */
const comparedWith = (system: string): VariantName[] => (countsForRatio(system) ? ['no-lrf', 'random'] : ['random']);

/** The targets of issue 6 for synthetic systems, in words, where they were missed. */
export function missedTargets(summaries: readonly VariantSummary[]): string[] {
  const ours = summaries.filter(({ variant }) => variant === 'ours');
  if (ours.length === 0) return ['synthetic systems: ours was not measured'];
  return ours.flatMap(({ system, seeds, certificate, costRatio, againstRandom }) => {
    const missed: string[] = [];
    const fewest = Math.min(
      seeds,
      ...summaries
        .filter((item) => item.system === system && comparedWith(system).includes(item.variant))
        .map((item) => item.seeds),
    );
    if (fewest < wantedSeeds) missed.push(`${system}: ${fewest} seeds, ${wantedSeeds} wanted`);
    if (certificate === null) missed.push(`${system}: no certificate`);
    else {
      if (certificate.covers < enoughRuns) {
        missed.push(
          `${system}: ${percent(certificate.covers)} of runs end within the certificate's epsilon, target 95 %`,
        );
      }
      if (certificate.right < enoughRuns)
        missed.push(`${system}: ${percent(certificate.right)} of certificates are right, target 95 %`);
    }
    if (countsForRatio(system)) {
      if (costRatio === null) missed.push(`${system}: cost against no-LRF was not measured`);
      else if (!(costRatio.ratio <= highestRatio)) {
        missed.push(`${system}: ${ratioText(costRatio.ratio)} of no-LRF's cost for 90 % of its gain, target 0.50`);
      }
    }
    if (againstRandom === null) missed.push(`${system}: random search was not measured`);
    for (const [share, { mean, p }] of Object.entries(againstRandom ?? {})) {
      if (mean < 0 && p < significant) {
        missed.push(
          `${system}: significantly below random search at ${share} of its cost (${mean.toFixed(3)}, adjusted p = ${p.toFixed(4)})`,
        );
      }
    }
    return missed;
  });
}

export function ratioText(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(2) : 'not reached:';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
