import { resultDocumentSchema } from '../core/run/result-document';
import { configurationHash } from '../core/system/configuration';
import { certificateDelta } from '../core/validation/certificate';
import { meanUpperBound } from '../core/validation/mean-upper-bound';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { echoSystem } from '../test/support/echo-system';
import { storePriced } from '../test/support/store-priced';
import type { ActivityDependencies } from './dependencies';
import { finishRun } from './finish-run';

const echo = echoSystem({ tones: ['calm', 'loud', 'soft', 'same'] });
const hashOf = (tone: string): string => configurationHash({ speaker: { tone } });
const incumbent = hashOf('calm');

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  ({ dependencies } = await begunRun(folder, echo, { plan: { scorePerUsd: 2 } }));
});
afterEach(() => folder.remove());

async function finished(testCount: number) {
  const ended = { runId: 'run', status: 'completed', reason: 'done', baseline: incumbent, incumbent } as const;
  await attempt(() => finishRun(dependencies, { ...ended, validationCount: 0, testCount, wallClockMs: 1 }));
  return resultDocumentSchema.parse((await dependencies.stores.runs.get('run'))?.result);
}

const measured = (tone: string, purpose: 'validation' | 'test', score: number, usd: readonly number[]) =>
  storePriced(
    dependencies.stores,
    { purpose, iteration: purpose === 'test' ? -1 : 1, configurationHash: hashOf(tone) },
    Object.fromEntries(usd.map((price, index) => [`${purpose}${index}`, { score, price: { usd: price, seconds: 1 } }])),
  );

it('bounds gains in score less price where money is an objective', async () => {
  const step = { component: 'speaker', incumbent };
  const proposal = (tone: string, more = {}) => ({
    configurationHash: hashOf(tone),
    settings: configurationHash({ tone }),
    ...{ changed: [], finalist: false, sameOutputsAs: null, ...more },
  });
  const proposals = [
    proposal('loud', { finalist: true }),
    proposal('soft'),
    proposal('same', { sameOutputsAs: hashOf('soft') }),
  ];
  const judged = { judge: 'metric', examples: ['t0', 't1'], gains: { [hashOf('soft')]: { t0: 1.3, t1: -3, t2: 0.1 } } };
  const undecided = { accepted: false, changed: [], reason: '', before: null, after: null, p: null };
  await dependencies.stores.ledger.append('run', [
    { key: 'a', iteration: 1, kind: 'judged', body: { ...step, judge: 'reward', examples: ['t0'], gains: {} } },
    { key: 'b', iteration: 1, kind: 'judged', body: { ...step, ...judged } },
    { key: 'c', iteration: 1, kind: 'proposals', body: { ...step, proposals } },
    { key: 'd', iteration: 1, kind: 'decision', body: { ...step, ...undecided } },
  ]);
  await measured('calm', 'validation', 0.5, [0.05, 0.05]);
  await measured('loud', 'validation', 0.75, [0.2, 0.01]);
  await measured('calm', 'test', 0.5, [0.05, 0.1, 0.05]);

  const { certificate } = await finished(3);
  // The dearest test example costs 0.2 in score, so that no gain counts for more than 1.2.
  const delta = certificateDelta / 3;
  const left = meanUpperBound([0.5, 0.5, 0.5], { delta, bounds: [0, 1] }) + 0.2;
  expect(certificate).toMatchObject({
    ...{ bounds: 3, dearest: expect.closeTo(0.2, 9) as number, headroom: expect.closeTo(left, 9) as number },
  });
  const { candidates, unmeasured } = certificate?.components['speaker'] ?? {};
  const gained = { loud: [0.25 - 0.3, 0.25 + 0.08], soft: [1.3, -3, 0.1] };
  const within = (gains: readonly number[]) =>
    meanUpperBound(
      gains.map((gain) => Math.min(1.2, gain)),
      { delta, bounds: [Math.min(-1, ...gains), 1.2] },
    );
  expect(new Map(candidates?.map((item) => [item.configurationHash, item]))).toEqual(
    new Map(
      Object.entries(gained).map(([tone, gains]) => [
        hashOf(tone),
        expect.objectContaining({
          examples: gains.length,
          meanGain: expect.closeTo(gains.reduce((sum, gain) => sum + gain, 0) / gains.length, 9) as number,
          bound: expect.closeTo(Math.min(left, within(gains)), 9) as number,
        }),
      ]),
    ),
  );
  // The same outputs at another price are something else.
  expect(unmeasured).toMatchObject([{ settings: configurationHash({ tone: 'same' }), why: 'ranked-by-reward' }]);
});

it('is not issued without a final test, which says what an example costs at most', async () => {
  const { objectives, certificate } = await finished(0);
  expect(objectives).toBeDefined();
  expect(certificate).toBeUndefined();
});
