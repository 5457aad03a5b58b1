import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtModule } from './built-module';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'lima', 'peru', 'is', 'capital'];

export function tokenizerJson(): string {
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

export interface TinyModelOptions {
  inputName?: string;
  /** Beside `input_ids`. */
  otherInputs?: string[];
  /** What it gives: hidden states, one vector per text under this name, or both. */
  outputs?: ('last_hidden_state' | 'sentence_embedding' | 'pooler_output')[];
  /** States go through an 8-bit quantisation whose scale comes from the whole batch. */
  quantised?: boolean;
  halfPrecision?: boolean;
  shape?: (number | string)[];
}

/** A one-layer "transformer" whose hidden states are its token table: small enough to check by hand. */
export async function tinyModel(options: TinyModelOptions = {}): Promise<Uint8Array> {
  const { inputName = 'input_ids', otherInputs = ['attention_mask'], outputs = ['last_hidden_state'] } = options;
  const { shape = ['batch_size', 'sequence_length'] } = options;
  const { OnnxGraph, loadOnnxProtobuf } =
    await builtModule<typeof import('../../providers/reward/onnx-graph')>('providers/reward/onnx-graph');
  const protobuf = await loadOnnxProtobuf();
  const graph = new OnnxGraph(protobuf);
  const data = Float32Array.from(words.flatMap((_, id) => (id < 4 ? [0, 0, 1] : [id, 1, 0])));
  graph.initializer({ name: 'table', shape: [words.length, 3], data });
  graph.node('Gather', ['table', inputName], { axis: 0 }, 'gathered');
  if (options.quantised) graph.node('DequantizeLinear', ['quantised', 'scale', 'zero'], {}, 'states');
  else graph.node('Identity', ['gathered'], {}, 'states');
  graph.integers('tokens', [1]);
  for (const name of outputs) {
    const found =
      name === 'last_hidden_state' ? 'states' : graph.node('ReduceMax', ['states'], { keepdims: 0 }, `raw_${name}`);
    graph.node('Cast', [found], { to: options.halfPrecision ? 10 : 1 }, name);
  }
  const bytes = graph.bytes(
    'tiny',
    [inputName, ...otherInputs].map((name) => ({ name, shape, type: 'int64' as const })),
    outputs.map((name) => ({ name, shape: name === 'last_hidden_state' ? [...shape, 3] : [shape[0] ?? 1, 3] })),
  );
  return finished(bytes, protobuf, options);
}

/** What the graph builder of rewards does not know: several outputs of a node, lists as attributes, half precision. */
function finished(
  bytes: Uint8Array,
  { buffers, onnx }: Awaited<ReturnType<typeof import('../../providers/reward/onnx-graph').loadOnnxProtobuf>>,
  { quantised, halfPrecision }: TinyModelOptions,
): Uint8Array {
  const model = buffers.fromBinary(onnx.ModelProtoSchema, bytes);
  const { node = [], output = [] } = model.graph ?? {};
  if (quantised) {
    const outputs = ['quantised', 'scale', 'zero'];
    const added = { opType: 'DynamicQuantizeLinear', name: 'q', input: ['gathered'], output: outputs };
    node.splice(1, 0, buffers.create(onnx.NodeProtoSchema, added));
  }
  for (const item of node.filter(({ opType }) => opType === 'ReduceMax')) {
    const axes = { name: 'axes', type: onnx.AttributeProto_AttributeType.INTS, ints: [1n] };
    item.attribute.push(buffers.create(onnx.AttributeProtoSchema, axes));
  }
  for (const { type } of halfPrecision ? output : []) {
    if (type?.value.case === 'tensorType') type.value.value.elemType = onnx.TensorProto_DataType.FLOAT16;
  }
  return buffers.toBinary(onnx.ModelProtoSchema, model);
}

/** A folder of its own with an encoder of three dimensions. */
export async function tinyEncoderFolder(options: TinyModelOptions = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'optimas-encoder-'));
  await writeFile(join(folder, 'model.onnx'), await tinyModel(options));
  await writeFile(join(folder, 'tokenizer.json'), tokenizerJson());
  return folder;
}
