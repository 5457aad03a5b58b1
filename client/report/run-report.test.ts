import type { ResultDocument } from '../../core/run/result-document';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { readProposerRejections, readRunReport } from './run-report';

const unfitted = { alignment: null, ci95: null, pairs: 0, trusted: false };
const cost = {
  systemRuns: 0,
  componentCalls: 0,
  memoHits: 0,
  llmCalls: 0,
  promptTokens: 0,
  completionTokens: 0,
  usd: 0,
  wallClockMs: 0,
};

describe('readRunReport', () => {
  let folder: TemporaryFolder;
  let stores: Stores;
  const store = (version: number, reason: string) =>
    stores.rewardVersions.put({
      runId: 'r',
      component: 'writer',
      version,
      manifest: {},
      metrics: { ...unfitted, status: 'no-preference-signal', reason },
    });

  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    stores = storesOf(await folder.open());
    await stores.runs.create({ runId: 'r', system: 's', seed: 0, status: 'running', definitionHash: 'h', input: {} });
    await store(0, 'no two outputs differ');
    await store(1, 'all pairs come from one input');
  });

  afterEach(() => folder.remove());

  it('gives the newest reward of a run that goes on, with the recorded reason', async () => {
    const { rewards } = await readRunReport(stores, 'r');
    expect(rewards['writer']).toMatchObject({ version: 1, reason: 'all pairs come from one input' });
  });

  it.each([
    [1, 'all pairs come from one input'],
    // Never the reason of another version.
    [0, undefined],
  ])('takes the reason of the reward that the result document names: version %i', async (version, reason) => {
    const document: ResultDocument = {
      schemaVersion: 1,
      runId: 'r',
      system: 's',
      seed: 0,
      status: 'completed',
      reason: 'all iterations are done',
      baseline: { validation: null, test: null },
      final: { validation: null, test: null, gain: null },
      iterations: [],
      rewards: { writer: { ...unfitted, version } },
      cost,
      configuration: {},
    };
    await stores.runs.finish('r', { status: 'completed', result: document });
    const report = await readRunReport(stores, 'r');
    expect(report.rewards['writer']?.reason).toBe(reason);
    expect(report.rewards['writer']).toMatchObject({ version, pairs: 0 });
  });

  it('tells what the endpoint of the proposer would not take', async () => {
    const body = { component: 'writer', variable: 'prompt', optimizer: 'opro', reason: 'too long (400)' };
    await stores.ledger.append('r', [{ key: 'b', iteration: 1, kind: 'proposer', body }]);
    const text = 'iteration 2: the proposer wrote nothing for writer.prompt (opro): too long (400)';
    expect(await readProposerRejections(stores, 'r')).toEqual([{ iteration: 1, text }]);
  });
});
