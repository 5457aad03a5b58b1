import { cpSync, mkdtempSync, readdirSync, rmSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KeptResults, measuringSources } from './kept-results';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optimas-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const results = (others: { sources?: string; fresh?: boolean } = {}) =>
  new KeptResults(folder, { sources: 'one', fresh: false, ...others });

describe('KeptResults', () => {
  it('measures once: a bench that was broken off goes on', async () => {
    const measure = jest.fn(async () => ({ share: 0.9 }));
    expect(await results().of(['a', 1], measure)).toEqual({ share: 0.9 });
    const again = results();
    expect(await again.of(['a', 1], measure)).toEqual({ share: 0.9 });
    expect(again.found).toBe(1);
    expect(measure).toHaveBeenCalledTimes(1);
  });

  it('measures anew what is about other data or was measured by other sources, and all where it is to start over', async () => {
    let count = 0;
    const measure = async () => ++count;
    await results().of(['a', 1], measure);
    expect(await results().of(['a', 2], measure)).toBe(2);
    expect(await results({ sources: 'two' }).of(['a', 1], measure)).toBe(3);
    expect(await results({ fresh: true }).of(['a', 1], measure)).toBe(4);
    expect(await results().of(['a', 1], measure)).toBe(4);
  });

  it('keeps nothing of what failed', async () => {
    await expect(results().of('a', () => Promise.reject(new Error('broken off')))).rejects.toThrow('broken off');
    expect(readdirSync(folder)).toEqual([]);
    expect(await results().of('a', async () => 1)).toBe(1);
  });
});

describe('measuringSources', () => {
  it('changes with what measures, not with how it is shown or tested', () => {
    const root = resolve(__dirname, '../..');
    for (const part of ['activities', 'core', 'providers', 'systems', 'bench/rewards']) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    const before = measuringSources(folder);
    expect(before).toBe(measuringSources());
    for (const file of ['report.ts', 'kept-results.test.ts']) appendFileSync(join(folder, 'bench/rewards', file), '//');
    expect(measuringSources(folder)).toBe(before);
    appendFileSync(join(folder, 'activities/finish-run.ts'), '//');
    expect(measuringSources(folder)).toBe(before);
    const seen = new Set([before]);
    for (const file of [
      'providers/reward/fit-head.ts',
      'core/system/canonical-json.ts',
      'activities/calls/recorded-models.ts',
      'providers/language-models/endpoint-client.ts',
    ]) {
      appendFileSync(join(folder, file), '//');
      const now = measuringSources(folder);
      expect([file, seen.has(now)]).toEqual([file, false]);
      seen.add(now);
    }
  });
});
