import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtModule } from '../../test/support/built-module';
import { EncoderError } from './encoder-error';
import { HashedNgramEncoder } from './hashed-ngram-encoder';
import { OnnxEncoder } from './onnx-encoder';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'lima', 'peru', 'is', 'capital'];

function tokenizerJson(): string {
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: words.slice(0, 4).map((content, id) => ({ id, content, special: true })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  });
}

/** A one-layer "transformer" whose hidden states are its token table: small enough to check by hand. */
async function tinyModel(inputName = 'input_ids'): Promise<Uint8Array> {
  const { OnnxGraph, loadOnnxProtobuf } =
    await builtModule<typeof import('../reward/onnx-graph')>('providers/reward/onnx-graph');
  const graph = new OnnxGraph(await loadOnnxProtobuf());
  const data = Float32Array.from(words.flatMap((_, id) => (id < 4 ? [0, 0, 1] : [id, 1, 0])));
  graph.initializer({ name: 'table', shape: [words.length, 3], data });
  graph.node('Gather', ['table', inputName], { axis: 0 }, 'last_hidden_state');
  const shape = ['batch_size', 'sequence_length'];
  return graph.bytes(
    'tiny',
    [
      { name: inputName, shape, type: 'int64' },
      { name: 'attention_mask', shape, type: 'int64' },
    ],
    [{ name: 'last_hidden_state', shape: [...shape, 3] }],
  );
}

describe('OnnxEncoder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optimas-encoder-'));
    await writeFile(join(folder, 'model.onnx'), await tinyModel());
    await writeFile(join(folder, 'tokenizer.json'), tokenizerJson());
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the unit-length mean of the hidden states, in the order of the texts', async () => {
    const encoder = await OnnxEncoder.open(folder);
    const [first, second, again] = await encoder.encode(['Lima', 'lima is capital', 'Lima']);
    const length = Math.hypot(4, 1, 2);
    expect([...(first as Float32Array)].map((value) => value.toFixed(5))).toEqual(
      [4, 1, 2].map((value) => (value / length).toFixed(5)),
    );
    expect(second).not.toEqual(first);
    expect(again).toEqual(first);
    expect(encoder.dimension).toBe(3);
    await encoder.close();
  });

  it('gives a text the same vector whatever is beside it', async () => {
    const encoder = await OnnxEncoder.open(folder);
    const [alone] = await encoder.encode(['peru']);
    const together = await encoder.encode(['lima '.repeat(50), 'peru', '']);
    expect(together[1]).toEqual(alone);
    await encoder.close();
  });

  it('keeps the head and the tail of a long text', async () => {
    const encoder = await OnnxEncoder.open(folder);
    const middle = 'is '.repeat(33_000);
    const [a, b, c, d] = await encoder.encode([middle, `lima ${middle}`, `${middle} peru`, `${middle} peru ${middle}`]);
    expect(b).not.toEqual(a);
    expect(c).not.toEqual(a);
    expect(d).toEqual(a);
    await encoder.close();
  });

  it('has an identity that follows the files', async () => {
    const one = await OnnxEncoder.open(folder);
    await writeFile(join(folder, 'tokenizer.json'), tokenizerJson().replace('"lowercase":true', '"lowercase":false'));
    const other = await OnnxEncoder.open(folder);
    expect(other.identity).not.toBe(one.identity);
    await Promise.all([one.close(), other.close()]);
  });

  it('explains a model with other inputs, a damaged model, a bad tokenizer and a missing file', async () => {
    await writeFile(join(folder, 'model.onnx'), await tinyModel('pixels'));
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(
      /inputs pixels, attention_mask, but a sentence encoder takes input_ids/,
    );
    await writeFile(join(folder, 'model.onnx'), 'not a model');
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(/damaged or no ONNX model/);
    await writeFile(join(folder, 'tokenizer.json'), '{}');
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(/tokenizer.json/);
    await rm(join(folder, 'model.onnx'));
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(EncoderError);
  });

  it('stops when the signal is aborted', async () => {
    const encoder = await OnnxEncoder.open(folder);
    await expect(encoder.encode(['lima'], AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    await encoder.close();
  });
});

describe('HashedNgramEncoder', () => {
  const encoder = new HashedNgramEncoder();
  const cosine = async (a: string, b: string): Promise<number> => {
    const [x, y] = (await encoder.encode([a, b])) as [Float32Array, Float32Array];
    return x.reduce((sum, value, k) => sum + value * (y[k] as number), 0);
  };

  it('is deterministic, of unit length, and the same in every process', async () => {
    const [vector] = (await encoder.encode(['What is the capital of Peru?'])) as [Float32Array];
    expect(vector).toHaveLength(encoder.dimension);
    expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1);
    expect(await encoder.encode(['What is the capital of Peru?'])).toEqual([vector]);
  });

  it('puts texts that share spelling near each other', async () => {
    const [near, far] = [
      await cosine('capital of Peru', 'the capitals of Peru'),
      await cosine('capital of Peru', 'blue whales sing'),
    ];
    expect(near).toBeGreaterThan(0.5);
    expect(Math.abs(far)).toBeLessThan(0.25);
    expect(await cosine('東京は首都', '東京は大都市')).toBeGreaterThan(0.05);
  });

  it('gives zeros for an empty text and finite numbers for long and odd ones', async () => {
    const [empty, long, odd] = (await encoder.encode(['', 'word '.repeat(20_000), '🚀👩‍🚀\ud800'])) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect(empty.every((value) => value === 0)).toBe(true);
    expect([...long, ...odd].every(Number.isFinite)).toBe(true);
  });
});
