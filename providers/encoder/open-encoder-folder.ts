import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession } from 'onnxruntime-node';
import { outOfResources } from '../out-of-resources';
import { EncoderError } from './encoder-error';
import { readEncoderManifest, type EncoderManifest } from './encoder-manifest';
import { scanOnnxModel, type OnnxModelScan } from './scan-onnx-model';

export interface EncoderFolder {
  manifest: EncoderManifest;
  tokenizer: Tokenizer;
  /** To be released by the caller. */
  session: InferenceSession;
  operators: OnnxModelScan['operators'];
  /** Of all files that vectors depend on. */
  hash: Hash;
}

/** @throws EncoderError for a file that is missing, unreadable or of another kind; InfrastructureError where memory or open files ran out. */
export async function openEncoderFolder(folder: string): Promise<EncoderFolder> {
  const [model, tokenizerJson, manifest] = await Promise.all([
    readPart(folder, 'model.onnx'),
    readPart(folder, 'tokenizer.json'),
    readEncoderManifest(folder),
  ]);
  const tokenizer = readTokenizer(folder, tokenizerJson);
  const scan = scanned(folder, model);
  const hash = createHash('sha256').update(model).update(tokenizerJson);
  try {
    for (const name of scan.externalFiles) {
      for await (const part of createReadStream(join(folder, name))) hash.update(part as Buffer);
    }
  } catch (cause) {
    throw failedToOpen(folder, cause);
  }
  const session = await openSession(folder, model, scan);
  return { manifest, tokenizer, session, operators: scan.operators, hash };
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw (
      outOfResources(`encoder folder '${folder}', ${name}`, cause) ??
      new EncoderError(
        `encoder folder '${folder}': cannot read ${name} (${(cause as Error).message}); the folder must hold model.onnx and tokenizer.json`,
        { cause },
      )
    );
  }
}

function readTokenizer(folder: string, json: Buffer): Tokenizer {
  try {
    return new Tokenizer(JSON.parse(json.toString('utf8')) as object, {});
  } catch (cause) {
    throw new EncoderError(`encoder folder '${folder}': tokenizer.json is not a Hugging Face tokenizer; replace it`, {
      cause,
    });
  }
}

function scanned(folder: string, model: Buffer): OnnxModelScan {
  try {
    return scanOnnxModel(model);
  } catch (cause) {
    throw unusable(folder, cause);
  }
}

async function openSession(folder: string, model: Buffer, { externalFiles }: OnnxModelScan): Promise<InferenceSession> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  try {
    // Weights in other files are found beside the model's own.
    return await (externalFiles.length === 0
      ? InferenceSession.create(model, options)
      : InferenceSession.create(join(folder, 'model.onnx'), options));
  } catch (cause) {
    throw failedToOpen(folder, cause);
  }
}

function failedToOpen(folder: string, cause: unknown): Error {
  return outOfResources(`encoder folder '${folder}', model.onnx`, cause) ?? unusable(folder, cause);
}

function unusable(folder: string, cause: unknown): EncoderError {
  return new EncoderError(
    `encoder folder '${folder}': model.onnx cannot be opened (${(cause as Error).message}); it is damaged or no ONNX model`,
    { cause },
  );
}
