import { headSpeed, missedSpeedTargets } from './speed-report';
import type { SpeedMeasurement } from './speed-task';

const measured = (fitSeconds: number, scoreSeconds: number): SpeedMeasurement => ({
  fitSeconds,
  scoreSeconds,
  fitPeakMb: 100,
  peakMb: 200,
});
const given = { kind: 'mlp', ways: { fit: 'by hand', score: 'dense' }, difference: 0 };

describe('headSpeed', () => {
  it('compares medians, of both parts by the sums of single repeats', () => {
    const torch = [measured(2, 1), measured(2, 1), measured(2, 1)];
    const head = headSpeed(given, [measured(1, 9), measured(2, 1), measured(9, 2)], torch);
    expect(head.fit).toEqual({ optimas: 2, torch: 2, ratio: 1 });
    expect(head.score).toEqual({ optimas: 2, torch: 1, ratio: 2 });
    expect(head.all).toEqual({ optimas: 10, torch: 3, ratio: 10 / 3 });
  });
});

describe('missedSpeedTargets', () => {
  it('names each part that takes more than 1.25 times as long', () => {
    const head = headSpeed(given, [measured(1.25, 1.3)], [measured(1, 1)]);
    expect(missedSpeedTargets({ heads: [head] })).toEqual([
      "speed: mlp head, score: 1.30 times PyTorch's time (at most 1.25)",
      expect.stringContaining('mlp head, all: 1.27'),
    ]);
    expect(missedSpeedTargets({ heads: [headSpeed(given, [measured(1, 1)], [measured(1, 1)])] })).toEqual([]);
  });

  it('counts what was not measured as missed', () => {
    expect(missedSpeedTargets({ notMeasured: 'no PyTorch', heads: [] })).toEqual(['speed: not measured: no PyTorch']);
  });
});
