import type { Migration } from '../migrate';
import { initialTables } from './1-initial-tables';
import { limits } from './2-limits';
import { rewardFits } from './3-reward-fits';
import { alternatives } from './4-alternatives';

/** In order of version, without gaps. */
export const migrations: readonly Migration[] = [initialTables, limits, rewardFits, alternatives];
