import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';

/** A tensor's name and shape; a name among the dimensions is one that varies. */
export interface GraphValue {
  name: string;
  shape: (number | string)[];
  type?: 'float' | 'int64' | 'bool';
}

/** A loop-carried value of `Loop`: goes from one iteration to the next. */
export interface LoopCarried {
  /** Its name inside, with its shape. */
  value: GraphValue;
  /** Name outside of what it starts with. */
  start: string;
  /** Name inside of what the next iteration gets. */
  next: string;
  /** Name outside of what the last iteration left. */
  end: string;
}

export interface GraphTensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

/** The two packages that write ONNX protobufs; loaded by `import()` because onnx-buf is an ES module. */
export async function loadOnnxProtobuf() {
  const [buffers, onnx] = await Promise.all([import('@bufbuild/protobuf'), import('onnx-buf')]);
  return { buffers, onnx };
}

export type OnnxProtobuf = Awaited<ReturnType<typeof loadOnnxProtobuf>>;

type Attribute = number | string | GraphProto;

/** Collects nodes in order and writes an ONNX model (opset 17). */
export class OnnxGraph {
  readonly #protobuf: OnnxProtobuf;
  readonly #prefix: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #constants = new Map<number, string>();
  #names = 0;

  /** @param prefix of the names that this makes up: a graph inside another may not use that one's again. */
  constructor(protobuf: OnnxProtobuf, prefix = '') {
    this.#protobuf = protobuf;
    this.#prefix = prefix;
  }

  /** Adds a node and returns the name of its output, `name` or a fresh one. Whole-number attributes are written as int. */
  node(operator: string, inputs: string[], attributes: Record<string, Attribute> = {}, name?: string): string {
    const output = name ?? `${this.#prefix}t${this.#names++}`;
    this.#add(operator, inputs, attributes, [output]);
    return output;
  }

  /**
   * Adds the operator `Loop`, whose body is a graph of its own that sees the names of this one.
   *
   * @param options.tripCount name of an int64 scalar.
   * @param options.body gets the name of the iteration number, an int64 scalar.
   * @param options.scanOutput a scalar inside; outside `[trip count]`, one per iteration.
   */
  loop(options: {
    tripCount: string;
    loopCarried: LoopCarried[];
    scanOutput: { inside: string; outside: string };
    body: (graph: OnnxGraph, iteration: string) => void;
  }): void {
    const { loopCarried, scanOutput } = options;
    const inside = new OnnxGraph(this.#protobuf, 'inside_');
    options.body(inside, 'iteration');
    inside.node('Identity', ['condition'], {}, 'next:condition');
    const body = inside.#graph(
      'body',
      [
        { name: 'iteration', shape: [], type: 'int64' },
        { name: 'condition', shape: [], type: 'bool' },
        ...loopCarried.map(({ value }) => value),
      ],
      [
        { name: 'next:condition', shape: [], type: 'bool' },
        ...loopCarried.map(({ value, next }) => ({ ...value, name: next })),
        { name: scanOutput.inside, shape: [] },
      ],
    );
    const starts = loopCarried.map(({ start }) => start);
    this.#add('Loop', [options.tripCount, '', ...starts], { body }, [
      ...loopCarried.map(({ end }) => end),
      scanOutput.outside,
    ]);
  }

  #add(operator: string, inputs: string[], attributes: Record<string, Attribute>, outputs: string[]): void {
    const { buffers, onnx } = this.#protobuf;
    this.#nodes.push(
      buffers.create(onnx.NodeProtoSchema, {
        opType: operator,
        name: `n_${outputs[0]}`,
        input: inputs,
        output: outputs,
        attribute: Object.entries(attributes).map(([key, value]) => this.#attribute(key, value)),
      }),
    );
  }

  /** A scalar float constant. */
  constant(value: number): string {
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const name = `${this.#prefix}c${this.#constants.size}`;
    this.#constants.set(value, name);
    return this.initializer({ name, shape: [], data: Float32Array.of(value) });
  }

  /** A constant list of whole numbers (axes, say). */
  integers(name: string, values: number[]): string {
    const { buffers, onnx } = this.#protobuf;
    this.#initializers.push(
      buffers.create(onnx.TensorProtoSchema, {
        name,
        dims: [BigInt(values.length)],
        dataType: onnx.TensorProto_DataType.INT64,
        int64Data: values.map(BigInt),
      }),
    );
    return name;
  }

  initializer(tensor: GraphTensor): string {
    const { buffers, onnx } = this.#protobuf;
    this.#initializers.push(
      buffers.create(onnx.TensorProtoSchema, {
        name: tensor.name,
        dims: tensor.shape.map(BigInt),
        dataType: onnx.TensorProto_DataType.FLOAT,
        rawData: littleEndian(tensor.data),
      }),
    );
    return tensor.name;
  }

  /** The model's bytes. */
  bytes(name: string, inputs: GraphValue[], outputs: GraphValue[]): Uint8Array {
    const { buffers, onnx } = this.#protobuf;
    const model = buffers.create(onnx.ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'optimas',
      opsetImport: [buffers.create(onnx.OperatorSetIdProtoSchema, { domain: '', version: 17n })],
      graph: this.#graph(name, inputs, outputs),
    });
    return buffers.toBinary(onnx.ModelProtoSchema, model);
  }

  #graph(name: string, inputs: GraphValue[], outputs: GraphValue[]): GraphProto {
    const { buffers, onnx } = this.#protobuf;
    return buffers.create(onnx.GraphProtoSchema, {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: inputs.map((value) => this.#value(value)),
      output: outputs.map((value) => this.#value(value)),
    });
  }

  #attribute(name: string, value: Attribute): AttributeProto {
    const { buffers, onnx } = this.#protobuf;
    const types = onnx.AttributeProto_AttributeType;
    if (typeof value === 'string') {
      const s = new TextEncoder().encode(value);
      return buffers.create(onnx.AttributeProtoSchema, { name, type: types.STRING, s });
    }
    if (typeof value === 'object') {
      return buffers.create(onnx.AttributeProtoSchema, { name, type: types.GRAPH, g: value });
    }
    return buffers.create(onnx.AttributeProtoSchema, { name, type: types.INT, i: BigInt(value) });
  }

  #value(value: GraphValue): ValueInfoProto {
    const { buffers, onnx } = this.#protobuf;
    const types = onnx.TensorProto_DataType;
    return buffers.create(onnx.ValueInfoProtoSchema, {
      name: value.name,
      type: buffers.create(onnx.TypeProtoSchema, {
        value: {
          case: 'tensorType',
          value: buffers.create(onnx.TypeProto_TensorSchema, {
            elemType: { float: types.FLOAT, int64: types.INT64, bool: types.BOOL }[value.type ?? 'float'],
            shape: buffers.create(onnx.TensorShapeProtoSchema, {
              dim: value.shape.map((size) =>
                buffers.create(onnx.TensorShapeProto_DimensionSchema, {
                  value:
                    typeof size === 'number'
                      ? { case: 'dimValue', value: BigInt(size) }
                      : { case: 'dimParam', value: size },
                }),
              ),
            }),
          }),
        },
      }),
    });
  }
}

function littleEndian(data: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of data.entries()) view.setFloat32(index * 4, value, true);
  return bytes;
}
