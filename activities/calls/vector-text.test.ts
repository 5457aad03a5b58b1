import { packVector, unpackVector } from './vector-text';

it('gives the same numbers back, in single precision', () => {
  const vector = Float32Array.of(0.1, -3.5e-30, 0, 1, -1);
  expect(unpackVector(packVector(vector))).toEqual(vector);
  expect(unpackVector(packVector([1 / 3]))).toEqual(Float32Array.of(1 / 3));
  expect(unpackVector(packVector([]))).toEqual(new Float32Array(0));
});
