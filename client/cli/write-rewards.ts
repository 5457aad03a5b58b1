import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../core/system/canonical-json';
import { StorageError, type RewardVersion, type Stores } from '../../storage';
import { UsageError } from './usage-error';
import { writeAtomically } from './write-atomically';

interface RewardFile {
  name: string;
  sha256: string;
  content: () => Promise<string | Uint8Array>;
}

/**
 * Writes every version of a run's Local Reward Functions into `folder`: `<component>-v<version>.onnx`, and beside it a `.json` with the
 * version's manifest (features, encoder, hashes) and metrics. A version that had nothing to fit has no `.onnx`.
 *
 * @returns the names of the files, in the order of component and version.
 * @throws UsageError where the run has none, or one of the files is there with other content: then none is written. StorageError for
 *   artefacts that are damaged or missing in the database, after all others were written.
 */
export async function writeRewards(
  { rewardVersions, blobs }: Pick<Stores, 'rewardVersions' | 'blobs'>,
  runId: string,
  folder: string,
): Promise<string[]> {
  const versions = await rewardVersions.list(runId);
  if (versions.length === 0) {
    throw new UsageError(
      `run '${runId}' has no local reward functions: none is fitted yet, or it was started with --rewards off`,
    );
  }
  const files = versions.flatMap((version) => filesOf(blobs, version));
  const missing: RewardFile[] = [];
  const others: string[] = [];
  // One by one, here and below: a long run has hundreds of megabytes of them.
  for (const file of files) {
    const present = await hashOf(folder, file.name);
    if (present === undefined) missing.push(file);
    else if (present !== file.sha256) others.push(file.name);
  }
  if (others.length > 0) {
    throw new UsageError(
      `--rewards overwrites nothing, and ${folder} has ${others.join(', ')} with other content, ` +
        `of another run perhaps: name another folder, or remove what is there`,
    );
  }
  const damaged: string[] = [];
  for (const { name, content } of missing) {
    try {
      await writeAtomically(path.join(folder, name), await content());
    } catch (error) {
      if (!StorageError.isDamage(error)) throw error;
      damaged.push(`${name}: ${error.message}`);
    }
  }
  if (damaged.length > 0) {
    throw new StorageError(
      'CORRUPT_BLOB',
      `${files.length - damaged.length} of ${files.length} files of run '${runId}' are in ${folder}; not written: ${damaged.join('; ')}`,
    );
  }
  return files.map(({ name }) => name);
}

function filesOf(blobs: Stores['blobs'], { runId, component, version, ...stored }: RewardVersion): RewardFile[] {
  const name = `${component}-v${version}`;
  const { artefactSha256, manifest, metrics } = stored;
  const text = `${JSON.stringify({ runId, component, version, metrics, manifest }, undefined, 2)}\n`;
  return [
    ...(artefactSha256 === undefined
      ? []
      : [{ name: `${name}.onnx`, sha256: artefactSha256, content: () => blobs.get(artefactSha256) }]),
    { name: `${name}.json`, sha256: sha256(text), content: async () => text },
  ];
}

/** Undefined where there is no such file. */
async function hashOf(folder: string, name: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(path.join(folder, name)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR')
      throw new UsageError(`--rewards takes a folder, but ${folder}, or one above it, is a file: name another one`);
    if (code === 'EISDIR') throw new UsageError(`${folder} has a folder ${name}: name another folder for --rewards`);
    throw error;
  }
}
