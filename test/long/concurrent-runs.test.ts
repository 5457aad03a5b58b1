import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { decisionProjection } from '../support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { TestRuns, tinyPlan } from '../support/test-run';

jest.setTimeout(600_000);

/** One seed a run: equal runs would hide whose result is whose. */
const seeds = Array.from({ length: 10 }, (_, seed) => seed);

interface Outcome {
  decisions: string[];
  configuration: string | null;
  status: string;
}

describe('runs at once', () => {
  let endpoint: ScriptedEndpoint;

  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 5 });
  });
  afterAll(() => endpoint.close());

  const open = () =>
    TestRuns.open({
      systems: [scriptedChain()],
      endpoints: { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true } },
    });

  const outcomeOf = async (runs: TestRuns, runId: string): Promise<Outcome> => {
    const { status, configuration } = await runs.client.result(runId);
    return { status, configuration, decisions: decisionProjection(await runs.runtime.stores.ledger.list(runId)) };
  };

  const startSeed = (runs: TestRuns, seed: number) =>
    runs.start({ system: 'scripted-chain', seed, runId: `${runs.taskQueue}-seed-${seed}`, plan: tinyPlan });

  it('of one worker and database end like each run alone with a database of its own', async () => {
    const together = await open();
    const outcomes = new Map<number, Outcome>();
    try {
      const ids = await Promise.all(seeds.map((seed) => startSeed(together, seed)));
      await Promise.all(
        seeds.map(async (seed, index) => outcomes.set(seed, await outcomeOf(together, ids[index] as string))),
      );
      const times = await Promise.all(ids.map((id) => together.temporal.workflow.getHandle(id).describe()));
      const lastStart = Math.max(...times.map(({ startTime }) => startTime.getTime()));
      const firstEnd = Math.min(...times.map(({ closeTime }) => closeTime?.getTime() ?? Infinity));
      expect(lastStart).toBeLessThan(firstEnd);
    } finally {
      await together.close();
    }
    expect([...outcomes.values()].map(({ status }) => status)).toEqual(seeds.map(() => 'completed'));

    for (const seed of seeds) {
      const alone = await open();
      try {
        const outcome = await outcomeOf(alone, await startSeed(alone, seed));
        expect(outcome.decisions.length).toBeGreaterThan(5);
        expect(outcomes.get(seed)).toEqual(outcome);
      } finally {
        await alone.close();
      }
    }
    // Else equality with the run alone would show little.
    expect(new Set([...outcomes.values()].map(({ decisions }) => decisions.join())).size).toBe(seeds.length);
  });
});
