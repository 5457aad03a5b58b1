import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { tinyEncoderFolder, tinyModel, tokenizerJson, type TinyModelOptions } from '../../test/support/tiny-encoder';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { EncoderError } from './encoder-error';
import { OnnxEncoder } from './onnx-encoder';

describe('OnnxEncoder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await tinyEncoderFolder();
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

  /** An encoder that is open, and the session of its model, whose runs are spied on. */
  async function openedWithItsModel() {
    const create = jest.spyOn(InferenceSession, 'create');
    const encoder = await OnnxEncoder.open(folder);
    const session = (await create.mock.results[0]?.value) as InferenceSession;
    create.mockRestore();
    return { encoder, session, running: jest.spyOn(session, 'run') };
  }

  it('may work again after a failure of a model that has worked', async () => {
    const { encoder, running } = await openedWithItsModel();
    try {
      running.mockRejectedValueOnce(new Error('out of memory'));
      const failing = encoder.encode(['Lima']);
      await expect(failing).rejects.toThrow(InfrastructureError);
      await expect(failing).rejects.toMatchObject({
        kind: 'retryable',
        message: expect.stringContaining('model.onnx failed: out of memory'),
      });
      expect(await encoder.encode(['Lima'])).toHaveLength(1);
    } finally {
      running.mockRestore();
      await encoder.close();
    }
  });

  it('says so where a model that has worked gives numbers that are not finite', async () => {
    const { encoder, session, running } = await openedWithItsModel();
    const [output = ''] = session.outputNames;
    const nothing = new Tensor('float32', new Float32Array(6).fill(NaN), [1, 2, 3]);
    running.mockResolvedValue({ [output]: nothing });
    try {
      const failing = encoder.encode(['Lima']);
      await expect(failing).rejects.toThrow(EncoderError);
      await expect(failing).rejects.toThrow(
        /^encoder folder '.*': .* not finite; check the model, or use another one in a new run$/,
      );
    } finally {
      running.mockRestore();
      await encoder.close();
    }
  });

  it('tells what may pass from what is wrong with the files, as it opens', async () => {
    const create = jest.spyOn(InferenceSession, 'create');
    try {
      create.mockRejectedValueOnce(new Error('std::bad_alloc'));
      await expect(OnnxEncoder.open(folder)).rejects.toThrow(InfrastructureError);
      create.mockRejectedValueOnce(new Error('Protobuf parsing failed'));
      await expect(OnnxEncoder.open(folder)).rejects.toThrow(EncoderError);
      for (const [message, kind] of [
        ['Failed to allocate memory for requested buffer', InfrastructureError],
        ['indices element out of data bounds', EncoderError],
      ] as const) {
        const session = await InferenceSession.create(join(folder, 'model.onnx'));
        const running = jest.spyOn(session, 'run').mockRejectedValue(new Error(message));
        create.mockResolvedValueOnce(session);
        await expect(OnnxEncoder.open(folder)).rejects.toThrow(kind);
        expect(running).toHaveBeenCalledTimes(1);
      }
    } finally {
      create.mockRestore();
    }
  });

  it('has an identity that follows the files', async () => {
    const one = await OnnxEncoder.open(folder);
    await writeFile(join(folder, 'tokenizer.json'), tokenizerJson().replace('"lowercase":true', '"lowercase":false'));
    const other = await OnnxEncoder.open(folder);
    expect(other.identity).not.toBe(one.identity);
    await Promise.all([one.close(), other.close()]);
  });

  it('explains a model with other inputs, a damaged model, a bad tokenizer and a missing file', async () => {
    await writeFile(join(folder, 'model.onnx'), await tinyModel({ inputName: 'pixels' }));
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

describe('an ONNX encoder folder of any kind', () => {
  const folders: string[] = [];
  const opened: OnnxEncoder[] = [];
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(opened.splice(0).map((encoder) => encoder.close()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
  });

  async function folderOf(options: TinyModelOptions, manifest?: unknown): Promise<string> {
    const folder = await tinyEncoderFolder(options);
    folders.push(folder);
    if (manifest !== undefined) await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    return folder;
  }
  async function open(options: TinyModelOptions, manifest?: unknown): Promise<OnnxEncoder> {
    const encoder = await OnnxEncoder.open(await folderOf(options, manifest));
    opened.push(encoder);
    return encoder;
  }
  async function vectorOf(options: TinyModelOptions, manifest?: unknown): Promise<string[]> {
    const [vector] = await (await open(options, manifest)).encode(['peru capital']);
    return [...(vector as Float32Array)].map((value) => value.toFixed(3));
  }
  const unit = (values: number[]) => values.map((value) => (value / Math.hypot(...values)).toFixed(3));
  const texts = ['lima', 'peru', 'is', 'capital', 'lima is', 'peru capital', 'is is is', ''];

  /** The encoder, and how often it has run its model. */
  async function counted(options: TinyModelOptions): Promise<{ encoder: OnnxEncoder; runs: () => number }> {
    const create = jest.spyOn(InferenceSession, 'create');
    const encoder = await open(options);
    const run = jest.spyOn((await create.mock.results[0]?.value) as InferenceSession, 'run');
    return { encoder, runs: () => run.mock.calls.length };
  }

  it('runs texts of one length together through a float model, and gives each the vector that it has alone', async () => {
    const { encoder, runs } = await counted({});
    const together = await encoder.encode(texts);
    // Lengths 1, 2, 3 and 0, each with two marks.
    expect(runs()).toBe(4);
    for (const [index, text] of texts.entries()) {
      const [alone] = await encoder.encode([text]);
      for (const [k, value] of (alone as Float32Array).entries()) expect(together[index]?.[k]).toBeCloseTo(value, 6);
    }
    expect(runs()).toBe(4 + texts.length);
  });

  it('bounds the tokens of a run', async () => {
    const { encoder, runs } = await counted({});
    const long = Array.from({ length: 40 }, (_, index) => `${'lima '.repeat(300)}${'peru '.repeat(index)}`);
    expect(new Set((await encoder.encode(long)).map(String)).size).toBeGreaterThan(1);
    expect(runs()).toBe(Math.ceil(40 / (4_096 / 256)));
  });

  it('runs texts one at a time where their vectors would depend on their neighbours', async () => {
    const { encoder, runs } = await counted({ quantised: true });
    const together = await encoder.encode(texts);
    expect(runs()).toBe(texts.length);
    for (const [index, text] of texts.entries()) expect(await encoder.encode([text])).toEqual([together[index]]);
  });

  it('runs texts one at a time through a model made for one', async () => {
    const { encoder, runs } = await counted({ shape: [1, 'tokens'] });
    await encoder.encode(texts);
    expect(runs()).toBe(texts.length);
  });

  it('takes models with or without attention mask and token types', async () => {
    const expected = unit([12, 2, 2]);
    expect(await vectorOf({ otherInputs: [] })).toEqual(expected);
    expect(await vectorOf({ otherInputs: ['attention_mask', 'token_type_ids'] })).toEqual(expected);
  });

  it("takes the model's own vectors, but hidden states before those of another task", async () => {
    expect(await vectorOf({ outputs: ['sentence_embedding'] })).toEqual(unit([7, 1, 1]));
    expect(await vectorOf({ outputs: ['last_hidden_state', 'sentence_embedding'] })).toEqual(unit([7, 1, 1]));
    expect(await vectorOf({ outputs: ['pooler_output', 'last_hidden_state'] })).toEqual(unit([12, 2, 2]));
  });

  it('pools as the manifest says', async () => {
    const outputs = ['sentence_embedding', 'last_hidden_state'] as const;
    expect(await vectorOf({ outputs: [...outputs] }, { pooling: 'mean' })).toEqual(unit([12, 2, 2]));
    expect(await vectorOf({ outputs: [...outputs] }, { pooling: 'cls' })).toEqual(unit([0, 0, 1]));
  });

  it('reads half-precision vectors', async () => {
    expect(await vectorOf({ halfPrecision: true })).toEqual(unit([12, 2, 2]));
    expect(await vectorOf({ halfPrecision: true, outputs: ['sentence_embedding'] })).toEqual(unit([7, 1, 1]));
  });

  it('cuts texts to the tokens that the manifest says', async () => {
    const encoder = await open({}, { maxTokens: 8, name: 'of no interest', license: 'MIT' });
    const [a, b, c] = await encoder.encode([
      `lima lima lima ${'is '.repeat(9)} peru peru peru`,
      `lima lima lima ${'capital '.repeat(9)} peru peru peru`,
      `is lima lima ${'is '.repeat(9)} peru peru peru`,
    ]);
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  it('has another identity with other settings, the same with those that it has anyway', async () => {
    const identity = async (manifest?: unknown) => (await open({}, manifest)).identity;
    const usual = await identity();
    expect(await identity({ maxTokens: 256, pooling: 'mean', dimension: 3 })).toBe(usual);
    expect(await identity({ maxTokens: 128 })).not.toBe(usual);
    expect(await identity({ pooling: 'cls' })).not.toBe(usual);
  });

  it.each<[TinyModelOptions, unknown, RegExp]>([
    [{}, { pooling: 'max' }, /manifest\.json cannot be used: pooling: .*expected .*pooling \('mean' or 'cls'\)/],
    [{}, { maxTokens: 0 }, /manifest\.json cannot be used: maxTokens: /],
    [{}, [1], /manifest\.json cannot be used: /],
    [{}, { dimension: 384 }, /says dimension 384, but model\.onnx gives vectors of 3 numbers/],
    [{ outputs: ['sentence_embedding'] }, { pooling: 'mean' }, /which the pooling 'mean' of manifest\.json needs/],
    [{ shape: ['batch', 128] }, undefined, /input input_ids of model\.onnx is int64 \[batch, 128\]/],
    [{ shape: [4, 'tokens'] }, undefined, /is int64 \[4, tokens\]/],
    [{ otherInputs: ['position_ids'] }, undefined, /inputs input_ids, position_ids, but a sentence encoder takes/],
  ])('says what is wrong with %j and the manifest %j', async (options, manifest, message) => {
    const folder = await folderOf(options, manifest);
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(EncoderError);
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(message);
  });

  it('says that a manifest is no JSON', async () => {
    const folder = await folderOf({});
    await writeFile(join(folder, 'manifest.json'), '{');
    await expect(OnnxEncoder.open(folder)).rejects.toThrow(/manifest\.json is not JSON; correct or remove it/);
  });

  it('gives odd texts one finite vector of unit length each, in bounded time', async () => {
    const encoder = await open({ quantised: true });
    const odd = [
      '',
      ' ',
      '👩‍🚀🚀',
      '東京は首都',
      'عاصمة بيرو',
      '\ud800',
      `🚀\udc00${'首'.repeat(99_998)}`,
      'x'.repeat(100_000),
    ];
    const started = performance.now();
    const vectors = await encoder.encode(odd);
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(await encoder.encode(odd)).toEqual(vectors);
  });
});
