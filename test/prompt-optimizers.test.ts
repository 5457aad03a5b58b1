import { decisionsBefore } from '../activities/decisions-before';
import { proposalsRecords } from '../activities/optimize-component/proposals-record';
import type { RunPlan } from '../core/run/plan';
import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';
import type { ProposalOrigin } from '../core/search/proposal';
import { prompt } from '../core/system/variable';
import { doubling, doublingReply } from './support/doubling-system';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import type { ScriptedChatRequest } from './support/scripted-endpoint-options';
import { quickActivities, TestRuns } from './support/test-run';

jest.setTimeout(400_000);

/** No attempt may be given up because a busy machine made its heartbeat late. */
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };

const systems = [
  doubling('spirit', { prompt: prompt('Double it.') }, () => 'spirit', 'it answers only to abracadabra'),
  doubling('pupil', { prompt: prompt('Double it.') }, () => 'pupil'),
  doubling('apprentice', { prompt: prompt('Double it.', { demonstrations: { max: 2 } }) }, () => 'apprentice'),
];

const written = (...texts: string[]): string => texts.map((text) => `<instructions>${text}</instructions>`).join('\n');

/** What the proposer finds out from what it is shown, and nothing else. */
function sage(request: string): string {
  if (request.includes('it answers only to abracadabra')) return written('Say abracadabra, then double it.');
  if (request.includes('Two instructions for it were tried')) {
    const shown = ['even', 'odd'].filter((parity) => request.includes(`Mind ${parity} numbers.`));
    return written(`Mind ${shown.join(' and ')} numbers.`);
  }
  return written('Mind even numbers.', 'Mind odd numbers.');
}

function reply(request: ScriptedChatRequest): string {
  const { model, messages } = request;
  if (model === 'sage') return sage(messages.at(-1)?.content ?? '');
  return doublingReply(
    request,
    ({ number, instructions, isShown, isBrief }) =>
      (model === 'spirit' && instructions.includes('abracadabra')) ||
      (model === 'pupil' && instructions.includes(number % 2 === 0 ? 'even' : 'odd')) ||
      (model === 'apprentice' && isShown && isBrief),
  );
}

describe('an accepted update', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;

  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply });
    const models = { spirit: {}, pupil: {}, apprentice: {}, sage: {} };
    runs = await TestRuns.open({
      systems,
      endpoints: { scripted: { baseURL: endpoint.url, models, pure: true, concurrency: 32 } },
      config: { proposer: 'sage' },
    });
  });

  afterAll(async () => {
    await runs.close();
    await endpoint.close();
  });

  /** A run, and the origins of what it accepted. */
  async function optimized(
    name: string,
    plan: Partial<RunPlan>,
  ): Promise<{ document: ResultDocument; by: (ProposalOrigin | undefined)[] }> {
    const runId = await runs.start({ system: name, plan, activities });
    await runs.client.result(runId);
    const document = resultDocumentSchema.parse(await runs.client.document(runId));
    const { stores } = runs.runtime;
    const by: (ProposalOrigin | undefined)[] = [];
    for (const { iteration, accepted, incumbent } of await decisionsBefore(stores, runId, Infinity)) {
      if (!accepted) continue;
      const [record] = await proposalsRecords(stores, runId, { iteration });
      by.push(record?.proposals.find(({ configurationHash }) => configurationHash === incumbent)?.origin);
    }
    return { document, by };
  }

  it("of reflection comes from the metric's feedback and raises the held-out score", async () => {
    const { document, by } = await optimized('spirit', { iterations: 1, optimizers: ['reflection'] });
    expect(by).toEqual(['reflection']);
    expect(document.final).toMatchObject({ test: { mean: 1 }, gain: { mean: 1 } });
  });

  it('of a merge combines two instructions of which each is good at something, and raises the held-out score', async () => {
    const { document, by } = await optimized('pupil', { iterations: 2, optimizers: ['opro', 'merge'] });
    expect(by).toEqual(['opro', 'merge']);
    expect(document.iterations).toMatchObject([{ after: 0.5 }, { before: 0.5, after: 1 }]);
    expect(document.final).toMatchObject({ test: { mean: 1 }, gain: { mean: 1 } });
    expect(document.configuration['doubler']?.['prompt']).toMatchObject({ instructions: 'Mind even and odd numbers.' });
  });

  it('of instructions and demonstrations together raises the held-out score where neither does alone', async () => {
    const { document, by } = await optimized('apprentice', {
      iterations: 3,
      optimizers: ['instructions-and-demonstrations'],
    });
    expect(by).toEqual(['instructions-and-demonstrations']);
    const accepted = document.iterations.find((iteration) => iteration.accepted);
    expect(accepted?.changed.map(({ kind }) => kind).sort()).toEqual(['demonstrations', 'instructions']);
    expect(document.final).toMatchObject({ test: { mean: 1 }, gain: { mean: 1 } });
  });
});
