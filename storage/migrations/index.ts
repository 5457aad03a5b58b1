import type { Migration } from '../migrate';
import { initialTables } from './1-initial-tables';

/** In order of version, without gaps. */
export const migrations: readonly Migration[] = [initialTables];
