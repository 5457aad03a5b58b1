import { parseBody, parseChat, parseEmbeddings } from './parse-reply';

const chat = (body: Record<string, unknown>) => parseChat(body, 200, 'x'.repeat(40));

describe('parseChat', () => {
  it('estimates the tokens that the endpoint does not count and completes the finish reason', () => {
    const expected = { text: 'four four', finishReason: 'stop', promptTokens: 10, completionTokens: 3 };
    expect(chat({ choices: [{ message: { content: 'four four' } }] })).toEqual(expected);
    expect(chat({ choices: [{ message: { content: 'four four' } }], usage: { prompt_tokens: null } })).toEqual(
      expected,
    );
  });

  it.each([
    [
      'parts',
      {
        message: {
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      },
      'ab',
    ],
    ['a refusal', { message: { content: null, refusal: 'no' } }, 'no'],
    ['a tool call', { message: { content: null, tool_calls: [{}] } }, ''],
    ['a reply cut before its first word', { message: { content: null }, finish_reason: 'length' }, ''],
    ['an empty reply', { message: { content: '' } }, ''],
    ['the older text field', { text: 'old' }, 'old'],
  ])('reads %s', (_, choice, expected) => {
    expect(chat({ choices: [choice] }).text).toBe(expected);
  });

  it.each([
    ['no choices', {}, 'it has no choices'],
    ['an empty list of choices', { choices: [] }, 'it has no choices'],
    [
      'null content',
      { choices: [{ message: { content: null }, finish_reason: 'stop' }] },
      'its first choice has no content',
    ],
  ])('calls %s malformed', (_, body, message) => {
    expect(() => chat(body)).toThrow(message);
  });
});

describe('a reply that cannot be used', () => {
  const usage = { prompt_tokens: 12, completion_tokens: 2_000 };
  const tokens = { promptTokens: 12, completionTokens: 2_000 };

  it.each<[string, () => unknown]>([
    ['no choices', () => chat({ usage })],
    ['null content', () => chat({ choices: [{ message: { content: null } }], usage })],
    ['an error without a status', () => parseBody(JSON.stringify({ error: { message: 'odd' }, usage }), 200)],
    ['too few vectors', () => parseEmbeddings({ data: [], usage }, 200, ['a'])],
    ['vectors of texts', () => parseEmbeddings({ data: [{ embedding: 'AA' }], usage }, 200, ['a'])],
  ])('says what it used, with %s', (_, parse) => {
    expect(parse).toThrow(expect.objectContaining({ name: 'MalformedReply', tokens }) as Error);
  });

  it.each([
    [{ completion_tokens: 7 }, { promptTokens: 0, completionTokens: 7 }],
    [{ prompt_tokens: 0, completion_tokens: 0 }, undefined],
    [{ prompt_tokens: -3, completion_tokens: 1.5 }, undefined],
    [undefined, undefined],
  ])('is charged with what is known of %j', (partly, known) => {
    expect(() => chat({ choices: [], usage: partly })).toThrow(expect.objectContaining({ tokens: known }) as Error);
  });
});

describe('parseBody', () => {
  it('never quotes a body that is not JSON', () => {
    expect(() => parseBody('sk-canary is not right', 200)).toThrow(/^the body is not JSON$/);
    expect(() => parseBody('  ', 200)).toThrow('the body is empty');
    expect(() => parseBody('[]', 200)).toThrow('the body is not a JSON object');
  });

  it('finds the status of an error that a proxy wrapped in a good reply', () => {
    expect(() => parseBody('{"error": {"code": 429, "message": "slow"}}', 200)).toThrow(
      expect.objectContaining({ status: 429 }) as Error,
    );
    expect(() => parseBody('{"error": {"message": "odd"}}', 200)).toThrow('an error without a status');
  });
});

describe('parseEmbeddings', () => {
  it('orders vectors by their index, not by their arrival', () => {
    const data = [
      { index: 1, embedding: [3, 4] },
      { index: 0, embedding: [1, 2] },
    ];
    expect(parseEmbeddings({ data }, 200, ['a', 'b']).vectors).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it.each([
    ['too few', [{ index: 0, embedding: [1] }], 'it has 1 vectors for 2 texts'],
    [
      'one index twice',
      [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [2] },
      ],
      'no vector for text 1',
    ],
    ['texts', [{ embedding: 'AAAA' }, { embedding: [1] }], 'not a list of finite numbers'],
    ['an infinite number', [{ embedding: [1] }, { embedding: [Infinity] }], 'not a list of finite numbers'],
    ['a number beyond single precision', [{ embedding: [1] }, { embedding: [1e39] }], 'not a list of finite numbers'],
    ['two lengths', [{ embedding: [1, 2] }, { embedding: [1] }], 'differ in length'],
  ])('calls %s malformed', (_, data, message) => {
    expect(() => parseEmbeddings({ data }, 200, ['a', 'b'])).toThrow(message);
  });
});
