import { cacheFolder, climb, encoderLadder } from '../ladders';
import { OnnxEncoder } from './onnx-encoder';

/** The int8 model of the set-up ladder. */
describe('the real encoder', () => {
  let encoder: OnnxEncoder;
  beforeAll(async () => {
    encoder = await OnnxEncoder.open((await climb(encoderLadder(cacheFolder(), {}))).value);
  }, 180_000);
  afterAll(() => encoder.close());

  it('gives any text the same vector alone as in company: finite, of unit length, in bounded time', async () => {
    const texts = [
      'Lima',
      'Oslo',
      '',
      '👩‍🚀🚀',
      '東京は日本の首都',
      'عاصمة بيرو هي ليما',
      '\ud800',
      'x'.repeat(100_000),
      '首都'.repeat(50_000),
      'word '.repeat(20_000),
      '🚀'.repeat(50_000),
    ];
    const started = performance.now();
    const together = await encoder.encode(texts);
    expect(performance.now() - started).toBeLessThan(20_000);
    for (const [index, text] of texts.entries()) {
      const [alone] = await encoder.encode([text]);
      expect(alone).toEqual(together[index]);
      expect(Math.hypot(...(alone as Float32Array))).toBeCloseTo(1, 5);
    }
  }, 60_000);

  it('puts texts of one meaning near each other', async () => {
    const [a, b, c] = await encoder.encode(['The car is fast.', 'That automobile is quick.', 'Bread needs flour.']);
    const cosine = (x = a, y = b) => (x as Float32Array).reduce((sum, value, k) => sum + value * (y?.[k] as number), 0);
    expect(cosine(a, b)).toBeGreaterThan(0.7);
    expect(cosine(a, c)).toBeLessThan(0.3);
  });
});
