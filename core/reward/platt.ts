import type { Point } from './isotonic';

/** Newton steps: the loss is convex, and a handful is enough. */
const mostSteps = 50;

/** `low + (high - low) * sigmoid(slope * x + offset)`, with `slope` at least 0. */
export interface PlattCurve {
  low: number;
  high: number;
  slope: number;
  offset: number;
}

/**
 * Platt scaling (Platt 1999) of values between `low` and `high`: weighted logistic regression on `(y - low) / (high - low)`,
 * with a small ridge, so that separable data keep a finite slope.
 */
export function fitPlatt(points: readonly Point[], low: number, high: number): PlattCurve {
  const scale = Math.sqrt(points.reduce((sum, { x }) => sum + x * x, 0) / Math.max(1, points.length)) || 1;
  const ridge = 1e-2;
  let [slope, offset] = [0, 0];
  for (let step = 0; step < mostSteps; step++) {
    let [gradientSlope, gradientOffset] = [ridge * slope, ridge * offset];
    let [slopeSlope, slopeOffset, offsetOffset] = [ridge, 0, ridge];
    for (const { x, y, weight } of points) {
      const z = x / scale;
      const p = sigmoid(slope * z + offset);
      const error = weight * (p - (y - low) / (high - low));
      const curvature = weight * Math.max(p * (1 - p), 1e-6);
      gradientSlope += error * z;
      gradientOffset += error;
      slopeSlope += curvature * z * z;
      slopeOffset += curvature * z;
      offsetOffset += curvature;
    }
    const determinant = slopeSlope * offsetOffset - slopeOffset * slopeOffset;
    const changeSlope = (offsetOffset * gradientSlope - slopeOffset * gradientOffset) / determinant;
    const changeOffset = (slopeSlope * gradientOffset - slopeOffset * gradientSlope) / determinant;
    slope -= clamp(changeSlope, 4);
    offset -= clamp(changeOffset, 4);
    if (Math.abs(changeSlope) + Math.abs(changeOffset) < 1e-9) break;
  }
  if (slope >= 0) return { low, high, slope: slope / scale, offset };
  // A decreasing curve would say that the reward is upside down: then it tells nothing, and the best constant remains.
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const mean = points.reduce((sum, { y, weight }) => sum + weight * y, 0) / total;
  const share = Math.min(1 - 1e-6, Math.max(1e-6, (mean - low) / (high - low)));
  return { low, high, slope: 0, offset: Math.log(share / (1 - share)) };
}

export function plattValue({ low, high, slope, offset }: PlattCurve, x: number): number {
  return low + (high - low) * sigmoid(slope * x + offset);
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
