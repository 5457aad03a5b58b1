import type { Migration } from '../migrate';
import { initialTables } from './1-initial-tables';
import { limits } from './2-limits';
import { rewardTraining } from './3-reward-training';

/** In order of version, without gaps. */
export const migrations: readonly Migration[] = [initialTables, limits, rewardTraining];
