import { Reader } from 'protobufjs/minimal';

export interface OnnxModelScan {
  /** Names of the operators, also those in nested graphs and functions. */
  operators: ReadonlySet<string>;
  /** Files beside the model that hold weights of it. */
  externalFiles: readonly string[];
}

/** What to do with the bytes of a message's fields, by field number. */
type Fields = Record<number, (bytes: Uint8Array) => void>;

/**
 * Looks through an ONNX model. Reads only what leads to these names, so that hundreds of megabytes of weights cost nothing.
 * The field numbers are those of onnx.proto.
 *
 * @throws Error for bytes that are no protobuf message.
 */
export function scanOnnxModel(model: Uint8Array): OnnxModelScan {
  const operators = new Set<string>();
  const externalFiles = new Set<string>();
  const node = (bytes: Uint8Array): void =>
    walk(bytes, {
      4: (name) => operators.add(textOf(name)),
      5: (attribute) => walk(attribute, { 5: tensor, 6: graph, 11: graph }),
    });
  const tensor = (bytes: Uint8Array): void =>
    walk(bytes, {
      13: (entry) => {
        let [key, value] = ['', ''];
        walk(entry, { 1: (text) => (key = textOf(text)), 2: (text) => (value = textOf(text)) });
        if (key === 'location') externalFiles.add(value);
      },
    });
  const graph = (bytes: Uint8Array): void => walk(bytes, { 1: node, 5: tensor });
  walk(model, { 7: graph, 25: (definition) => walk(definition, { 7: node }) });
  return { operators, externalFiles: [...externalFiles].sort() };
}

function walk(bytes: Uint8Array, fields: Fields): void {
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const found = (tag & 7) === 2 ? fields[tag >>> 3] : undefined;
    if (found === undefined) reader.skipType(tag & 7);
    else found(reader.bytes());
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
