import path from 'node:path';
import type { Stores } from '../../storage';
import { UsageError } from './usage-error';
import { writeAtomically } from './write-atomically';

/**
 * Writes every version of a run's Local Reward Functions into `folder`: `<component>-v<version>.onnx`, and beside it a `.json` with the
 * version's manifest (features, encoder, hashes) and metrics. A version that had nothing to fit has no `.onnx`.
 *
 * @returns the names of the files, in the order of component and version.
 * @throws UsageError where the run has none; StorageError for a damaged artefact, after what came before it was written.
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
  const written: string[] = [];
  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    await writeAtomically(path.join(folder, name), content);
    written.push(name);
  };
  for (const { component, version, artefactSha256, manifest, metrics } of versions) {
    const name = `${component}-v${version}`;
    if (artefactSha256 !== undefined) await write(`${name}.onnx`, await blobs.get(artefactSha256));
    await write(`${name}.json`, `${JSON.stringify({ runId, component, version, metrics, manifest }, undefined, 2)}\n`);
  }
  return written;
}
