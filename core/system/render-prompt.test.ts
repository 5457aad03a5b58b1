import { renderMessages } from './render-prompt';

const instructions = 'Answer the question.';
const inputs = { passages: ['Peru: Lima.', 'Chad: Ndjamena.'], question: 'Capital of Peru?' };

describe('renderMessages', () => {
  it('puts instructions, demonstrations and inputs into messages of their own', () => {
    const demonstrations = [{ inputs: { passages: ['Oslo.'], question: 'Which city?' }, outputs: { answer: 'Oslo' } }];
    expect(renderMessages({ instructions, demonstrations }, inputs, { output: 'answer' })).toEqual([
      { role: 'system', content: 'Answer the question.' },
      { role: 'user', content: 'Passages: Oslo.\nQuestion: Which city?\nAnswer:' },
      { role: 'assistant', content: 'Oslo' },
      { role: 'user', content: 'Passages: Peru: Lima.\nChad: Ndjamena.\nQuestion: Capital of Peru?\nAnswer:' },
    ]);
  });

  it('shows the chosen fields in the chosen order under the chosen labels', () => {
    const messages = renderMessages({ instructions, demonstrations: [] }, inputs, {
      output: 'final_answer',
      fields: ['question'],
      labels: { question: 'Q' },
    });
    expect(messages[1]?.content).toBe('Q: Capital of Peru?\nFinal answer:');
  });

  it('fills placeholders of the instructions from the inputs and leaves other braces alone', () => {
    const prompt = { instructions: 'On {question} reply {"a": 1} and {unknown}.', demonstrations: [] };
    const messages = renderMessages(prompt, inputs, { output: 'answer', fields: ['question'] });
    expect(messages[0]?.content).toBe('On Capital of Peru? reply {"a": 1} and {unknown}.');
  });

  it('does not read an input as a replacement pattern or as a further placeholder', () => {
    const prompt = { instructions: 'About {a}: {b}', demonstrations: [] };
    expect(renderMessages(prompt, { a: '$& {b}', b: 'x' }, { output: 'c' })[0]?.content).toBe('About $& {b}: x');
  });

  it('writes values other than text as JSON', () => {
    const messages = renderMessages(
      { instructions, demonstrations: [] },
      { scores: [1, 2], more: true },
      { output: 'x' },
    );
    expect(messages[1]?.content).toBe('Scores: [1,2]\nMore: true\nX:');
  });

  it('names the demonstration and the field that is missing', () => {
    const bad = (demonstration: object) => () =>
      renderMessages({ instructions, demonstrations: [demonstration as never] }, inputs, { output: 'answer' });
    expect(bad({ inputs: { question: 'x' }, outputs: { answer: 'y' } })).toThrow(
      "demonstration 1 lacks the field 'passages'",
    );
    expect(bad({ inputs, outputs: {} })).toThrow("demonstration 1 lacks the output 'answer'");
    expect(() => renderMessages({ instructions, demonstrations: [] }, {}, { output: 'a', fields: ['q'] })).toThrow(
      "the input lacks the field 'q'",
    );
  });
});
