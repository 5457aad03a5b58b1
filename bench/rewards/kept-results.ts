import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { contentHash } from '../../core/system/canonical-json';
import type { Json } from '../../core/system/json';
import { sourcesHash } from '../sources-hash';

/** What the figures depend on beside data and encoder. Of `activities` only the judge's calls: candidates are part of what was measured. */
const sourceFolders = [
  'activities/calls',
  'core/preference',
  'core/random',
  'core/reward',
  'core/system',
  'core/validation',
  'providers/encoder',
  'providers/language-models',
  'providers/reward',
  'systems/synthetic',
  'bench/rewards',
];
/** They only put together and print what was measured. */
const besideTheFigures = ['main.ts', 'report.ts', 'targets.ts'].map((name) => `bench/rewards/${name}`);

/** Figures that a folder keeps, one file each, so that a bench that was broken off goes on where it stopped. */
export class KeptResults {
  readonly #folder: string;
  readonly #sources: string;
  readonly #fresh: boolean;
  /** How many were found in the folder. */
  found = 0;

  /** @param options.fresh measures everything anew, and keeps that */
  constructor(folder: string, { sources, fresh }: { sources: string; fresh: boolean }) {
    this.#folder = folder;
    this.#sources = sources;
    this.#fresh = fresh;
    mkdirSync(folder, { recursive: true });
  }

  /** What was measured of the same by the same sources; else measures and keeps it. */
  async of<T>(what: Json, measure: () => Promise<T>): Promise<T> {
    const file = join(this.#folder, `${contentHash([this.#sources, what])}.json`);
    if (!this.#fresh && existsSync(file)) {
      this.found += 1;
      return JSON.parse(readFileSync(file, 'utf8')) as T;
    }
    const result = await measure();
    // In one step: a bench that is killed while it writes leaves no half of a result.
    writeFileSync(`${file}.new`, JSON.stringify(result));
    renameSync(`${file}.new`, file);
    return result;
  }
}

/** Names the sources that measure. Tests are left out. */
export function measuringSources(root = resolve(__dirname, '../..')): string {
  return sourcesHash(root, sourceFolders, besideTheFigures);
}
