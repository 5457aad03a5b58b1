import type { JsonObject } from '../core/system/json';
import type { Database } from './database';

/** One fitted or adapted LRF of a component. */
export interface RewardVersion {
  runId: string;
  component: string;
  /** Counts up from 0 within run and component. */
  version: number;
  /** The blob with the `.onnx` file; absent when there was nothing to fit. */
  artefactSha256?: string;
  manifest: JsonObject;
  metrics: JsonObject;
}

interface RewardVersionRow {
  run_id: string;
  component: string;
  version: number;
  artefact_sha256: string | null;
  manifest: string;
  metrics: string;
}

/** LRF versions by run, component and number. */
export class RewardVersionStore {
  constructor(private readonly database: Database) {}

  /** A version that is there already stays as it is. */
  async put(reward: RewardVersion): Promise<void> {
    await this.database.write([
      this.database.queries
        .insertInto('reward_versions')
        .values({
          run_id: reward.runId,
          component: reward.component,
          version: reward.version,
          artefact_sha256: reward.artefactSha256 ?? null,
          manifest: JSON.stringify(reward.manifest),
          metrics: JSON.stringify(reward.metrics),
        })
        .onConflict((conflict) => conflict.columns(['run_id', 'component', 'version']).doNothing()),
    ]);
  }

  async get(runId: string, component: string, version: number): Promise<RewardVersion | undefined> {
    const newest = await this.newest(runId, component, version);
    return newest?.version === version ? newest : undefined;
  }

  /** The last one with at most this number. */
  async newest(runId: string, component: string, upTo: number): Promise<RewardVersion | undefined> {
    const [row] = await this.database.read(
      this.ofRun(runId)
        .where('component', '=', component)
        .where('version', '<=', upTo)
        .orderBy('version', 'desc')
        .limit(1),
    );
    return row === undefined ? undefined : rewardVersion(row);
  }

  /** Ordered by component, then version. */
  async list(runId: string): Promise<RewardVersion[]> {
    return (await this.database.read(this.ofRun(runId).orderBy('component').orderBy('version'))).map(rewardVersion);
  }

  private ofRun(runId: string) {
    return this.database.queries.selectFrom('reward_versions').where('run_id', '=', runId).selectAll();
  }
}

function rewardVersion(row: RewardVersionRow): RewardVersion {
  return {
    runId: row.run_id,
    component: row.component,
    version: row.version,
    ...(row.artefact_sha256 !== null && { artefactSha256: row.artefact_sha256 }),
    manifest: JSON.parse(row.manifest) as JsonObject,
    metrics: JSON.parse(row.metrics) as JsonObject,
  };
}
