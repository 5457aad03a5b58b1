import type { JsonObject } from '../core/system/json';
import type { Database } from './database';

/** A trained LRF, whoever trained it. */
export interface RewardFit {
  /** The blob with the `.onnx` file. */
  artefactSha256: string;
  manifest: JsonObject;
  /** What else training said. */
  outcome: JsonObject;
}

/** LRFs under the hash of what they were trained on: what one machine or run has trained, no other trains again. */
export class RewardFitStore {
  constructor(private readonly database: Database) {}

  async get(key: string): Promise<RewardFit | undefined> {
    const [row] = await this.database.read(
      this.database.queries.selectFrom('reward_fits').where('key', '=', key).selectAll(),
    );
    if (row === undefined) return undefined;
    return {
      artefactSha256: row.artefact_sha256,
      manifest: JSON.parse(row.manifest) as JsonObject,
      outcome: JSON.parse(row.outcome) as JsonObject,
    };
  }

  /** One that is there already stays as it is, unless it is `damaged`, whose blobs cannot be read. */
  async put(key: string, { artefactSha256, manifest, outcome }: RewardFit, damaged?: RewardFit): Promise<void> {
    const replaced = damaged?.artefactSha256 ?? '';
    await this.database.write([
      this.database.queries
        .insertInto('reward_fits')
        .values({
          key,
          artefact_sha256: artefactSha256,
          manifest: JSON.stringify(manifest),
          outcome: JSON.stringify(outcome),
        })
        .onConflict((conflict) =>
          conflict
            .column('key')
            .doUpdateSet((build) => ({
              artefact_sha256: build.ref('excluded.artefact_sha256'),
              manifest: build.ref('excluded.manifest'),
              outcome: build.ref('excluded.outcome'),
            }))
            .where('reward_fits.artefact_sha256', '=', replaced),
        ),
    ]);
  }
}
