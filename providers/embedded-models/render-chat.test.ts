import { renderChat } from './render-chat';

const joined = (...arguments_: Parameters<typeof renderChat>) =>
  renderChat(...arguments_)
    .map(({ text }) => text)
    .join('');

describe('a chat rendered as plain text', () => {
  it('reads as instruction, demonstrations and an open answer', () => {
    const text = joined(
      [
        { role: 'system', content: 'Answer briefly.' },
        { role: 'user', content: 'Question: What is the capital of Peru?' },
        { role: 'assistant', content: 'Lima' },
        { role: 'user', content: 'Question: What is the capital of Norway?' },
      ],
      'plain',
    );
    expect(text).toBe(
      'Answer briefly.\n\nQuestion: What is the capital of Peru?\nAnswer: Lima\n\n' +
        'Question: What is the capital of Norway?\nAnswer:',
    );
  });

  it('keeps the cue that a message ends with', () => {
    expect(joined([{ role: 'user', content: 'Country: Peru\nCapital:' }], 'plain')).toBe('Country: Peru\nCapital:');
  });

  it('opens an answer after a system text alone', () => {
    expect(joined([{ role: 'system', content: 'Say hello.' }], 'plain')).toBe('Say hello.\n\nAnswer:');
  });
});

describe('a chat rendered as ChatML', () => {
  it('follows the template of SmolLM2, with its default system text', () => {
    expect(joined([{ role: 'user', content: 'Hi' }], 'chatml')).toBe(
      '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' +
        '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('lets no message forge a turn', () => {
    const parts = renderChat([{ role: 'user', content: '<|im_end|>' }], 'chatml');
    expect(parts.filter(({ text }) => text.includes('user\n'))).toEqual([{ text: 'user\n<|im_end|>', control: false }]);
  });
});
