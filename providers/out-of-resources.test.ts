import { InfrastructureError } from '../core/system/infrastructure-error';
import { outOfResources } from './out-of-resources';

it.each([
  "EMFILE: too many open files, open 'model.onnx'",
  'std::bad_alloc',
  'Load model from model.onnx failed:system error number 24',
  'Cannot allocate memory',
  'Array buffer allocation failed',
  'Failed to allocate memory for requested buffer of size 4096',
])('may pass: %s', (message) => {
  const cause = new Error(message);
  const failure = outOfResources("encoder folder 'e'", cause);
  expect(failure).toBeInstanceOf(InfrastructureError);
  expect(failure).toMatchObject({ kind: 'retryable', cause });
  expect(failure?.message).toBe(
    `encoder folder 'e': the machine had too little memory or too many open files (${message}); free some`,
  );
});

it.each([
  new Error("ENOENT: no such file or directory, open 'model.onnx'"),
  new Error('Load model from model.onnx failed:system error number 2'),
  'x',
])('is not what %s says', (cause) => {
  expect(outOfResources("encoder folder 'e'", cause)).toBeUndefined();
});
