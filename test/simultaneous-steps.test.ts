import type { DecisionRecord } from '../activities/decide';
import { proposalsRecords } from '../activities/optimize-component/proposals-record';
import { decisionText } from '../client/report/decision-text';
import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';
import { scriptedChain, scriptedReply } from '../systems/synthetic';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { quickActivities, TestRuns } from './support/test-run';

jest.setTimeout(240_000);

const components = ['query_writer', 'retriever', 'answerer'];
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };

describe('simultaneous steps', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;
  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply });
    runs = await TestRuns.open({
      systems: [scriptedChain()],
      endpoints: {
        scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true, concurrency: 32 },
      },
    });
  });
  afterAll(async () => {
    await runs.close();
    await endpoint.close();
  });

  const plan = { iterations: 4, simultaneousSteps: true };
  async function optimized(more: { rewards?: boolean } = {}): Promise<{ runId: string; document: ResultDocument }> {
    const runId = await runs.start({ system: 'scripted-chain', plan: { ...plan, ...more }, activities });
    expect(await runs.client.result(runId)).toMatchObject({ status: 'completed' });
    return { runId, document: resultDocumentSchema.parse(await runs.client.document(runId)) };
  }

  it('change several components by one validation, raise the held-out metric, and give way to single steps', async () => {
    const { runId, document } = await optimized();
    const [first] = document.iterations;
    expect(first).toMatchObject({ component: 'query_writer', others: ['retriever', 'answerer'], accepted: true });
    expect(new Set(first!.changed.map(({ component }) => component)).size).toBeGreaterThan(1);
    expect(document.final.gain?.ci95[0]).toBeGreaterThan(0);
    expect(decisionText(first!)).toMatch(
      /^iteration 1: query_writer, retriever, answerer at once accepted \w+ \w+, \w+ /,
    );
    // Until the first rejection, and never after it.
    const rejected = document.iterations.findIndex(({ accepted }) => !accepted);
    for (const [at, { others }] of document.iterations.entries()) {
      expect(others !== undefined).toBe(rejected < 0 || at <= rejected);
    }

    const { stores } = runs.runtime;
    const records = await proposalsRecords(stores, runId, { iteration: 0 });
    expect(records.map(({ component, others }) => [component, others])).toEqual([
      ...components.map((name) => [name, undefined]),
      ['query_writer', ['retriever', 'answerer']],
    ]);
    // Each has proposals of its own, though they were made in the same iteration.
    const portfolios = await stores.ledger.list(runId, { kind: 'portfolio', iteration: 0 });
    expect(portfolios.map(({ body }) => (body as { component: string }).component).sort()).toEqual(
      components.toSorted(),
    );
    for (const { component, blobs } of records.slice(0, 3)) {
      const variables = Object.keys(scriptedChain().components.find(({ name }) => name === component)!.configuration);
      const [proposals] = (await stores.blobs.getJson<{ settings: object }[]>(blobs[0]!)) ?? [];
      expect(Object.keys(proposals!.settings).sort()).toEqual(variables.sort());
    }
    const [decision] = await stores.ledger.list(runId, { kind: 'decision', iteration: 0 });
    const { validated } = decision!.body as unknown as DecisionRecord;
    // What changes other components as well is proposed in single steps only.
    const wide = records.slice(0, 3).flatMap(({ proposals }) => proposals.flatMap(({ changed }) => changed));
    expect(wide.filter((change) => 'component' in change)).toEqual([]);
    const parts = records
      .slice(0, 3)
      .map(({ proposals }) => Math.max(0, ...proposals.map((item) => item.expectedGain ?? 0)));
    expect(validated).toHaveLength(1);
    expect(validated[0]?.predicted).toBeCloseTo(
      parts.reduce((sum, gain) => sum + gain, 0),
      9,
    );
  });

  it('adapt the rewards that an accepted update of others matters to, each in the same iteration', async () => {
    const { runId, document } = await optimized();
    const { stores } = runs.runtime;
    // The first was accepted, so that the second is simultaneous too and all of it has changed.
    expect(document.iterations[1]).toMatchObject({ others: ['retriever', 'answerer'] });
    const adapted: string[][] = [];
    for (const iteration of [0, 1]) {
      const [choice] = await stores.ledger.list(runId, { kind: 'component', iteration });
      const { adapts } = choice!.body as { adapts: string[] };
      const fits = await stores.ledger.list(runId, { kind: 'reward', iteration });
      expect(fits.map(({ body }) => (body as { component: string }).component).sort()).toEqual(adapts.toSorted());
      adapted.push(adapts);
    }
    expect(adapted[1]).toEqual(components);
  });

  it('are taken without rewards too: the global metric ranks', async () => {
    const { runId, document } = await optimized({ rewards: false });
    expect(document.iterations[0]).toMatchObject({ others: ['retriever', 'answerer'] });
    expect(await runs.runtime.stores.candidates.list(runId)).toEqual([]);
    const judges = await runs.runtime.stores.ledger.list(runId, { kind: 'judged', iteration: 0 });
    expect(new Set(judges.map(({ body }) => (body as { judge: string }).judge))).toEqual(new Set(['metric']));
  });
});
