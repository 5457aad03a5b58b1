import { setTimeout as sleep } from 'node:timers/promises';
import type { FitRewardResult } from '../activities/contracts';
import type { DecisionRecord } from '../activities/decide';
import type { PortfolioRecord } from '../activities/optimize-component/run-portfolio';
import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';
import { configurationHash } from '../core/system/configuration';
import { scriptedChain, scriptedReply } from '../systems/synthetic';
import { decisionProjection } from './support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { quickActivities, smallPlan, TestRuns, tinyPlan } from './support/test-run';

jest.setTimeout(400_000);

interface JudgedRound {
  component: string;
  proposals: {
    settings: string;
    /** Names the component where several are changed. */
    expectedGain: number;
    measuredGain: number | null;
    sameOutputsAs: string | null;
    changed: { component?: string }[];
  }[];
}

const expectedGains = (proposals: JudgedRound['proposals']): number[] =>
  proposals.map(({ expectedGain }) => expectedGain).sort((a, b) => b - a);

/** Calls are counted: no attempt may be given up because a busy machine made its heartbeat late. */
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };

describe('a whole optimization on the scripted endpoint', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;

  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply });
    runs = await TestRuns.open({
      systems: [scriptedChain()],
      endpoints: {
        scripted: {
          baseURL: endpoint.url,
          models: { small: { price: { promptPerMillion: 1, completionPerMillion: 2 } }, large: {} },
          pure: true,
          concurrency: 32,
        },
      },
      config: { proposer: 'large' },
    });
  });

  afterAll(async () => {
    await runs.close();
    await endpoint.close();
  });

  it('ends with a better configuration on held-out test examples, and explains every decision', async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: { iterations: 5 }, activities });
    const steps = new Set<string>();
    const times = new Set<number>();
    let ended = false;
    const watch = async (): Promise<void> => {
      while (!ended) {
        const { component, step, iterationsDone, activeMs } = await runs.client.progress(runId);
        if (component !== null) steps.add(step);
        if (component !== null && iterationsDone === 0) times.add(activeMs);
        await sleep(50);
      }
    };
    const result = runs.client.result(runId).finally(() => (ended = true));
    await Promise.all([result, watch()]);
    expect((await result).status).toBe('completed');
    const document = resultDocumentSchema.parse(await runs.client.document(runId));
    expect(document.final.gain?.mean).toBeGreaterThan(0.1);
    expect(document.final.gain?.ci95[0]).toBeGreaterThan(0);
    expect(document.iterations).toHaveLength(5);
    const accepted = document.iterations.filter((iteration) => iteration.accepted);
    expect(accepted.length).toBeGreaterThan(0);
    for (const iteration of accepted) {
      expect(iteration.changed.length).toBeGreaterThan(0);
      expect(iteration.p).toBeLessThanOrEqual(0.05);
    }
    expect(Object.keys(document.rewards).sort()).toEqual(['answerer', 'query_writer', 'retriever']);
    expect(document.cost.llmCalls).toBe(endpoint.requests.chat);
    expect(document.cost.usd).toBeGreaterThan(0);
    expect(document.cost.componentCalls).toBeGreaterThan(document.cost.llmCalls / 2);

    // Iterations are asked for their step: telling their run would cost both of them a workflow task each time.
    expect([...steps]).toEqual(expect.arrayContaining(['collecting rollouts', 'adapting its reward']));
    expect([...steps].some((step) => /^validating (1 finalist|[02-9] finalists)$/.test(step))).toBe(true);
    expect(times.size).toBeGreaterThan(3); // Time goes on in the midst of an iteration.
    expect([...times]).toEqual([...times].toSorted((a, b) => a - b));
    const events = (await runs.temporal.workflow.getHandle(runId).fetchHistory()).events ?? [];
    expect(events.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([]);

    const ledger = await runs.runtime.stores.ledger.list(runId);
    const rounds = ledger
      .filter((entry) => entry.kind === 'proposals')
      .map((entry) => entry.body as unknown as JudgedRound);
    expect(rounds).toHaveLength(5);
    for (const { proposals } of rounds) {
      // The best of both rounds, also losers, and one of those with the same outputs.
      expect(expectedGains(proposals.filter(({ measuredGain }) => measuredGain !== null))).toEqual(
        expectedGains(proposals.filter(({ sameOutputsAs }) => sameOutputsAs === null)).slice(0, smallPlan.shortlist),
      );
    }
    const validated = ledger
      .filter((entry) => entry.kind === 'decision')
      .flatMap((entry) => (entry.body as unknown as Pick<DecisionRecord, 'validated'>).validated);
    expect(validated.length).toBeGreaterThanOrEqual(accepted.length);
    const promised = validated.filter(({ judge, predicted }) => judge === 'reward' && (predicted ?? 0) > 0);
    const failed = promised.filter(({ realised }) => realised <= 0).length;
    expect(document.localToGlobal).toMatchObject({ candidates: promised.length, failed });
    const certificate = document.certificate as NonNullable<ResultDocument['certificate']>;
    const components = Object.values(certificate.components);
    expect(Object.keys(certificate.components).sort()).toEqual(['answerer', 'query_writer', 'retriever']);
    expect(certificate.epsilon).toBe(Math.max(...components.map(({ epsilon }) => epsilon)));
    const measured = components.flatMap(({ candidates }) => candidates);
    expect(measured.length).toBeGreaterThan(0);
    for (const { examples, bound, meanGain } of measured) {
      expect(examples).toBeGreaterThanOrEqual(smallPlan.rankingInputs);
      expect(bound).toBeGreaterThanOrEqual(Math.min(meanGain, certificate.headroom));
    }
    const tried = new Map<string, Set<string>>();
    for (const { component, proposals } of rounds) {
      // What changes several components is no candidate of one.
      const own = proposals.filter(({ changed }) =>
        changed.every((change) => (change.component ?? component) === component),
      );
      const settings = own.map((proposal) => proposal.settings);
      tried.set(component, new Set([...(tried.get(component) ?? []), ...settings]));
    }
    for (const [name, component] of Object.entries(certificate.components)) {
      const settings = tried.get(name) ?? new Set();
      settings.delete(configurationHash(document.configuration[name] ?? {}));
      expect(component.tried).toBe(settings.size);
    }
    const updates = ledger
      .filter((entry) => entry.kind === 'reward')
      .map(({ iteration, body }) => ({ iteration, ...(body as unknown as FitRewardResult).update }));
    const first = updates.filter(({ iteration }) => iteration === -1);
    expect(first.map(({ why }) => why)).toEqual(new Array(3).fill('the first one'));
    // Not a joint move, which is judged by the metric, nor one whose reward is trusted and nothing has changed that matters to it.
    const adapting = ledger.filter(
      ({ kind, body }) => kind === 'component' && ((body as { adapts?: string[] }).adapts ?? []).length > 0,
    );
    expect(adapting.length).toBeGreaterThan(0);
    expect(updates.map(({ iteration }) => iteration).filter((iteration) => iteration >= 0)).toEqual(
      adapting.map(({ iteration }) => iteration),
    );
    const kinds = ledger.map((entry) => entry.kind);
    for (const kind of ['prepared', 'reward', 'component', 'portfolio', 'proposals', 'decision', 'finished']) {
      expect(kinds).toContain(kind);
    }
    const portfolios = ledger
      .filter((entry) => entry.kind === 'portfolio')
      .map((entry) => entry.body as unknown as PortfolioRecord);
    // Of a joint move none is asked.
    const single = document.iterations.filter(({ partner }) => partner === undefined);
    expect(portfolios).toHaveLength(single.length);
    for (const { shares } of portfolios) {
      expect(shares.reduce((sum, { slots }) => sum + slots, 0)).toBe(smallPlan.proposals);
      expect(Math.min(...shares.map(({ slots }) => slots))).toBeGreaterThanOrEqual(1);
    }
    // Both prompts were written for, by more than one optimizer.
    const offering = portfolios.flatMap(({ shares }) => shares.filter(({ offered }) => offered > 0));
    expect(new Set(offering.map(({ optimizer }) => optimizer))).toContain('opro');
    expect(new Set(offering.map(({ optimizer }) => optimizer))).toContain('reflection');
  });

  it('ranks by the metric alone where the plan has no rewards, and collects no preference data', async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: { iterations: 4, rewards: false }, activities });
    expect((await runs.client.result(runId)).status).toBe('completed');
    const document = resultDocumentSchema.parse(await runs.client.document(runId));
    expect(document.rewards).toEqual({});
    expect(document.iterations.some(({ accepted }) => accepted)).toBe(true);
    const { ledger, candidates } = runs.runtime.stores;
    const entries = await ledger.list(runId);
    expect(entries.map(({ kind }) => kind)).not.toContain('reward');
    const judges = entries
      .filter(({ kind }) => kind === 'decision')
      .flatMap(({ body }) => (body as unknown as DecisionRecord).validated.map(({ judge }) => judge));
    expect(new Set(judges)).toEqual(new Set(['metric']));
    for (const component of ['query_writer', 'retriever', 'answerer']) {
      expect(await candidates.list(runId, { component })).toEqual([]);
    }
  });

  it('answers a repeated run from the memo, and makes every call again with fresh', async () => {
    const decisionsOf = async (runId: string) => {
      await runs.client.result(runId);
      return decisionProjection(await runs.runtime.stores.ledger.list(runId));
    };
    const first = await decisionsOf(
      await runs.start({ system: 'scripted-chain', seed: 7, plan: tinyPlan, activities }),
    );
    const paid = endpoint.requests.chat;
    const repeated = await runs.start({ system: 'scripted-chain', seed: 7, plan: tinyPlan, activities });
    expect(await decisionsOf(repeated)).toEqual(first);
    expect(endpoint.requests.chat).toBe(paid);
    expect((await runs.client.document(repeated))?.cost.memoHits).toBeGreaterThan(50);
    expect(
      await decisionsOf(
        await runs.start({ system: 'scripted-chain', seed: 7, plan: tinyPlan, activities, fresh: true }),
      ),
    ).toEqual(first);
    expect(endpoint.requests.chat).toBeGreaterThan(paid + 50);
  });
});
