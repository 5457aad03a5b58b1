import { instructAndBase } from './instruct-and-base';

it.each([
  [['gemma-3-270m', 'smollm2-135m-instruct'], 'smollm2-135m-instruct', 'gemma-3-270m'],
  [['gemma-3-1b-it', 'gemma-3-270m'], 'gemma-3-1b-it', 'gemma-3-270m'],
  [['big', 'little'], 'big', 'little'],
  [['only'], 'only', 'only'],
])('tells the instruction-tuned model of %j', (models, instruct, base) => {
  expect(instructAndBase(models)).toEqual({ instruct, base });
});
