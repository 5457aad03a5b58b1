import { lastLineJson } from './run-program';

it('takes the last line of a program as its figures, and nothing else', () => {
  expect(lastLineJson('| a | 1 |\n{"missed":[]}\n\n')).toEqual({ missed: [] });
  expect(lastLineJson('{"missed":[]}\nit failed\n')).toBeUndefined();
  expect(lastLineJson('')).toBeUndefined();
});
