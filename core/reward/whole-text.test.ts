import { wholeText, type TextField } from './whole-text';

const input = (name: string, text: string): TextField => ({ name, text, side: 'input' });
const output = (name: string, text: string): TextField => ({ name, text, side: 'output' });
const long = (word: string) => `first-${word} ${`${word} `.repeat(20_000)}last-${word}`;
const lines = (fields: TextField[]) => wholeText(fields).split('\n');

describe('wholeText', () => {
  it('leaves short fields as they are, outputs last', () => {
    const fields = [input('question', 'Capital of Peru?'), input('hint', ''), output('answer', 'Lima\nPeru')];
    expect(wholeText(fields)).toBe('question: Capital of Peru?\nhint: \nanswer: Lima\nPeru');
    const fits = 'x'.repeat(900);
    expect(wholeText([output('answer', fits)])).toBe(`answer: ${fits}`);
  });

  it('keeps short fields whole beside a long one, and the ends of that one', () => {
    const [passages = '', question, answer] = lines([
      input('passages', long('passage')),
      input('question', 'Capital of Peru?'),
      output('answer', 'Lima'),
    ]);
    expect([question, answer]).toEqual(['question: Capital of Peru?', 'answer: Lima']);
    expect(passages).toMatch(/^passages: first-passage .* \.\.\. .* last-passage$/);
    // What the short ones leave is not lost.
    expect(passages.length).toBeGreaterThan(850);
    expect(passages.length).toBeLessThan(1_000);
  });

  it('gives long outputs two thirds, however many inputs there are', () => {
    const [a = '', b = '', draft = ''] = lines([
      input('a', long('a')),
      input('b', long('b')),
      output('draft', long('d')),
    ]);
    for (const line of [a, b, draft]) expect(line).toMatch(/: first-\w .*\.\.\..* last-\w$/);
    expect(draft.length / (a.length + b.length)).toBeCloseTo(2, 0);
    expect(a.length).toBe(b.length);
    expect(a.length + b.length + draft.length).toBeLessThan(1_000);
  });

  it('counts a character of other scripts as a token of its own', () => {
    for (const text of ['東京は日本の首都。', '🚀👩‍🚀', 'عاصمة بيرو ']) {
      const whole = wholeText([input('question', 'Where?'), output('answer', text.repeat(10_000))]);
      expect(whole.length).toBeLessThan(400);
      expect(whole).toMatch(/^question: Where\?\nanswer: /);
      expect(whole).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('cuts no field to nothing, and is quick with many long ones', () => {
    const started = performance.now();
    const fields = Array.from({ length: 60 }, (_, index) => input(`field-${index}`, long('w')));
    for (const line of lines([...fields, output('answer', long('a'))])) expect(line.length).toBeGreaterThan(30);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
