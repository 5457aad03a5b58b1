import { CandidateStore, type StoredCandidate } from './candidate-store';
import { ConfigurationStore } from './configuration-store';
import type { Database } from './database';
import { EvaluationStore, type Evaluation } from './evaluation-store';
import { RewardFitStore } from './reward-fit-store';
import { RewardVersionStore } from './reward-version-store';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import { configurationHash } from '../core/system/configuration';

jest.setTimeout(60_000);

describe.each(databaseKinds)('on %s', (kind) => {
  const databases = new TestDatabases(kind);
  let database: Database;
  beforeEach(async () => {
    database = await databases.open();
  });

  describe('ConfigurationStore', () => {
    it('keeps configurations under their hash', async () => {
      const configurations = new ConfigurationStore(database);
      const [small, large] = [{ a: { k: 1 } }, { a: { prompt: 'x'.repeat(50_000) }, b: {} }];
      expect(await configurations.putMany([small, large, small])).toEqual([small, large, small].map(configurationHash));
      expect(await configurations.put({ a: { k: 1 } })).toBe(configurationHash(small));
      expect(await configurations.get(configurationHash(large))).toEqual(large);
      await expect(configurations.get('none')).rejects.toMatchObject({ code: 'MISSING' });
    });
  });

  describe('EvaluationStore', () => {
    const key = { runId: 'r', purpose: 'validation' as const, iteration: 2, configurationHash: 'h' };

    it('keeps the first score of a draw, ordered by example and draw', async () => {
      const evaluations = new EvaluationStore(database);
      const rows: Evaluation[] = Array.from({ length: 250 }, (_, index) => ({
        exampleId: `e${String(249 - index).padStart(3, '0')}`,
        drawIndex: index % 2,
        score: index / 250,
      }));
      await evaluations.putMany(key, rows);
      await evaluations.putMany(key, [
        { exampleId: 'e249', drawIndex: 0, score: 1 },
        {
          exampleId: 'e249',
          drawIndex: 1,
          score: 0,
          failure: 'threw',
          feedback: 'no',
          subScores: { f1: 0 },
          traceBlob: 't',
        },
      ]);
      const stored = await evaluations.list(key);
      expect(stored.slice(0, 249)).toEqual([...rows].reverse().slice(0, 249));
      expect(stored.slice(249)).toEqual([
        { exampleId: 'e249', drawIndex: 0, score: 0 },
        {
          exampleId: 'e249',
          drawIndex: 1,
          score: 0,
          failure: 'threw',
          feedback: 'no',
          subScores: { f1: 0 },
          traceBlob: 't',
        },
      ]);
      expect(await evaluations.list({ ...key, iteration: 3 })).toEqual([]);
    });

    it('replaces failures where that is wanted, and nothing else', async () => {
      const evaluations = new EvaluationStore(database);
      const row = (exampleId: string, score: number, failure?: string) => ({
        ...{ exampleId, drawIndex: 0, score },
        ...(failure !== undefined && { failure }),
      });
      await evaluations.putMany(key, [row('a', 0, 'threw'), row('b', 0.5), row('c', 0, 'threw')]);
      await evaluations.putMany(key, [row('c', 1)]);
      await evaluations.putMany(key, [row('a', 1), row('b', 1)], { replaceFailures: true });
      expect(await evaluations.list(key)).toEqual([row('a', 1), row('b', 0.5), row('c', 0, 'threw')]);
    });

    it('lists several iterations in their order, and none that came later', async () => {
      const evaluations = new EvaluationStore(database);
      const row = (exampleId: string, score: number) => ({ exampleId, drawIndex: 0, score });
      await evaluations.putMany({ ...key, iteration: 2 }, [row('b', 0.2), row('a', 0.1)]);
      await evaluations.putMany({ ...key, iteration: -1 }, [row('b', 0.3)]);
      await evaluations.putMany({ ...key, iteration: 3 }, [row('a', 1)]);
      await evaluations.putMany({ ...key, configurationHash: 'other' }, [row('a', 1)]);
      expect(await evaluations.listThrough(key)).toEqual([row('b', 0.3), row('a', 0.1), row('b', 0.2)]);
    });

    it('keeps texts of models with any character but NUL', async () => {
      const evaluations = new EvaluationStore(database);
      const text = (nul: string) => `it's \\ "ä😀"\t\u0001${nul}end`;
      const evaluation = (nul: string) => ({
        ...{ exampleId: 'e', drawIndex: 0, score: 0, failure: text(nul), feedback: text(nul) },
      });
      await evaluations.putMany(key, [evaluation('\0')]);
      expect(await evaluations.list(key)).toEqual([evaluation('\uFFFD')]);
    });
  });

  describe('CandidateStore', () => {
    it('keeps candidates, large ones as blobs, and repeats change nothing', async () => {
      const candidates = new CandidateStore(database);
      const candidate = (component: string, iteration: number, candidateIndex: number): StoredCandidate => ({
        component,
        iteration,
        exampleId: 'e',
        candidateIndex,
        inputs: { passages: 'p'.repeat(40_000) },
        outputs: { answer: `${candidateIndex}` },
        origin: candidateIndex === 0 ? 'base' : 'sampled',
        configurationHash: 'h',
        scores: [0, 0.5, 1],
        ...(candidateIndex === 0 && { alternatives: { other: 0.25 } }),
        ...(candidateIndex === 1 && { failure: 'no answer' }),
      });
      const all = [candidate('b', 1, 1), candidate('b', 1, 0), candidate('b', 0, 0), candidate('a', 1, 0)];
      await candidates.putMany('r', all);
      await candidates.putMany('r', [{ ...candidate('a', 1, 0), scores: [] }]);
      expect(await candidates.list('r')).toEqual([...all].reverse());
      expect(await candidates.list('r', { component: 'b', iteration: 1 })).toEqual([all[1], all[0]]);
      expect(await candidates.list('s')).toEqual([]);
      expect(await candidates.listNewest('r', 'b', 2)).toEqual([all[1], all[0]]);
      expect(await candidates.listNewest('r', 'b', 1)).toEqual([all[2]]);
      expect(await candidates.listNewest('r', 'b', 0)).toEqual([]);
      expect(await candidates.listRecent('r', 'b', 1, 1)).toEqual([all[1], all[0]]);
      expect(await candidates.listRecent('r', 'b', 1, 3)).toEqual([all[2], all[1], all[0]]);
      expect(await candidates.listRecent('r', 'b', 1, 4)).toEqual([all[2], all[1], all[0]]);
      expect(await candidates.listRecent('r', 'b', 0, 4)).toEqual([all[2]]);
      expect(await candidates.listRecent('r', 'b', -1, 4)).toEqual([]);
      const [row] = await database.read(database.queries.selectFrom('candidates').select('inputs'));
      expect(row?.inputs).toMatch(/^blob:/);
    });
  });

  describe('RewardVersionStore', () => {
    it('keeps versions, in order', async () => {
      const rewards = new RewardVersionStore(database);
      const version = (component: string, number: number) => ({
        runId: 'r',
        component,
        version: number,
        artefactSha256: 'f00',
        manifest: { features: 12 },
        metrics: { alignment: 0.7 },
      });
      for (const [component, number] of [
        ['b', 1],
        ['b', 10],
        ['b', 2],
        ['a', 0],
      ] as const) {
        await rewards.put(version(component, number));
      }
      await rewards.put({ ...version('b', 10), metrics: { alignment: 0 } });
      expect(await rewards.get('r', 'b', 10)).toEqual(version('b', 10));
      expect(await rewards.get('r', 'b', 2)).toEqual(version('b', 2));
      expect((await rewards.list('r')).map((each) => `${each.component}${each.version}`)).toEqual([
        'a0',
        'b1',
        'b2',
        'b10',
      ]);
      expect(await rewards.get('r', 'none', 1)).toBeUndefined();
    });
  });

  describe('RewardFitStore', () => {
    it('keeps the first fit of a key, for all who train on the same', async () => {
      const fits = new RewardFitStore(database);
      const fit = { artefactSha256: 'f00', manifest: { features: { version: 2 } }, outcome: { reason: "it's \\ ä😀" } };
      expect(await fits.get('key')).toBeUndefined();
      await fits.put('key', fit);
      await fits.put('key', { ...fit, artefactSha256: 'other' });
      await fits.put('another', { ...fit, outcome: {} });
      expect(await fits.get('key')).toEqual(fit);
      expect(await new RewardFitStore(database).get('another')).toEqual({ ...fit, outcome: {} });
      // One that is damaged is replaced, once.
      const [second, third] = ['second', 'third'].map((artefactSha256) => ({ ...fit, artefactSha256, outcome: {} }));
      await fits.put('key', second!, fit);
      await fits.put('key', third!, fit);
      expect(await fits.get('key')).toEqual(second);
      expect(await fits.get('another')).toEqual({ ...fit, outcome: {} });
    });
  });
});
