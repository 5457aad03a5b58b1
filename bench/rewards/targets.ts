import { mean } from '../../core/validation/moments';
import type { RewardsReport } from './report';
import { missedSpeedTargets } from './speed/speed-report';

const figure = (share: number): string => share.toFixed(3);

/** The bench's targets, in words, where they were missed: what is no number misses. Parts that were left out miss nothing. */
export function missedTargets({ synthetic, real, adaptation, speed }: RewardsReport): string[] {
  return [
    ...(synthetic?.length === 0 ? ['synthetic systems: nothing was measured'] : []),
    ...(synthetic ?? []).flatMap(({ system, component, large, length, token, calibrationError }) => {
      const name = `synthetic ${system}.${component}`;
      const missed: string[] = [];
      if (large === null) missed.push(`${name}: no held-out pair with a true gap of at least 0.1`);
      else if (!(large.value >= 0.95))
        missed.push(`${name}: alignment ${figure(large.value)} of large pairs, target 0.950`);
      const easy = [['length', length] as const, ['one word', token] as const].filter(
        ([, { value }]) => !(value < 0.65),
      );
      for (const [what, { value }] of easy)
        missed.push(`${name}: ${what} alone reaches ${figure(value)}, the system is too easy`);
      if (calibrationError === null) missed.push(`${name}: there is no reward`);
      else if (!(calibrationError.value <= 0.05))
        missed.push(`${name}: calibration error ${figure(calibrationError.value)}, target 0.050`);
      return missed;
    }),
    ...(real === undefined ? [] : missedOnRealSystems(real)),
    ...(adaptation?.length === 0 ? ['adaptation: nothing was measured'] : []),
    ...(adaptation ?? []).flatMap(({ drift, mean: outcome, against }) => {
      const missed: string[] = [];
      for (const other of ['none', 'freshOnly'] as const) {
        const { value, p } = against[other];
        if (!(value > 0 && p < 0.05)) {
          missed.push(
            `drift ${drift}: adapted less ${other} ${figure(value)} (p = ${figure(p)}), not significantly better`,
          );
        }
      }
      if (!(against.refit.value >= -0.01)) {
        missed.push(`drift ${drift}: ${figure(-against.refit.value)} below a full refit, at most 0.010 allowed`);
      }
      if (!(outcome.work <= 0.2))
        missed.push(`drift ${drift}: ${figure(outcome.work)} of a refit's work, at most 0.200 allowed`);
      return missed;
    }),
    ...(speed === undefined ? [] : missedSpeedTargets(speed)),
  ];
}

function missedOnRealSystems(real: NonNullable<RewardsReport['real']>): string[] {
  if (real.length === 0) return ['real systems: nothing was measured'];
  const missed: string[] = [];
  const average = mean(real.map(({ ours }) => ours.value));
  if (!(average >= 0.78)) missed.push(`real systems: mean alignment ${figure(average)}, target 0.780`);
  const answerer = real.find(({ system, component }) => system === 'quickstart' && component === 'answerer');
  if (answerer === undefined || !(answerer.ours.value >= 0.85)) {
    missed.push(
      `quickstart.answerer: alignment ${answerer === undefined ? 'not measured' : figure(answerer.ours.value)}, target 0.850`,
    );
  }
  const sure = real.filter(({ ours }) => ours.ci95[0] > 0.5).length;
  if (sure < (2 / 3) * real.length)
    missed.push(`real systems: lower bound above 0.5 on ${sure} of ${real.length}, target two thirds`);
  const above = real.filter((item) => overTheBest(item).ci95[0] > 0).length;
  if (above < real.length / 2)
    missed.push(`real systems: significantly above the best baseline on ${above} of ${real.length}, target half`);
  for (const { system, component, best } of real.filter(({ best: { difference } }) => difference.ci95[1] < 0)) {
    missed.push(`${system}.${component}: significantly below '${best.name}' (${figure(best.difference.value)})`);
  }
  for (const { system, component, judge } of real) {
    if (judge !== null && judge.difference.ci95[1] < 0) {
      missed.push(`${system}.${component}: significantly below the judge (${figure(judge.difference.value)})`);
    }
  }
  return missed;
}

/**
 * By how much the reward leads the best of all, the judge among them. The judge saw a part of the pairs only, so each lead is that on
 * the other's own pairs, and the smallest is that over the best.
 */
function overTheBest({ best, judge }: NonNullable<RewardsReport['real']>[number]): { ci95: [number, number] } {
  return judge !== null && judge.difference.value < best.difference.value ? judge.difference : best.difference;
}
