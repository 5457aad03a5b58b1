import { namedOutput } from './named-output';

describe('namedOutput', () => {
  it.each([
    'A',
    ' A.',
    'a',
    '**A**',
    '(A)',
    'A\n',
    'A: it is short',
    'Output A',
    'output a',
    'Output A is better',
    'A is better',
    'The answer is A',
    'Answer: "A"',
  ])('reads A from %j', (reply) => expect(namedOutput(reply)).toBe('A'));

  it.each(['B', 'b)', 'Option B.', 'A better output is output B', 'I choose B.'])('reads B from %j', (reply) =>
    expect(namedOutput(reply)).toBe('B'),
  );

  it.each(['', 'neither', 'A or B', 'Output A and output B are', 'A good answer', 'Both', 'bad', 'Ábc'])(
    'reads neither from %j',
    (reply) => expect(namedOutput(reply)).toBeUndefined(),
  );
});
