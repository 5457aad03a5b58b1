import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import globalSetup from '../global-setup';
import globalTeardown from '../global-teardown';
import { historiesFolder, historyVersion } from './recorded-histories';
import { startScriptedEndpoint } from './scripted-endpoint';
import { TestRuns, tinyPlan } from './test-run';
import { until } from './until';

const who = { actor: 'export', reason: 'a history with commands in it' };

/** Writes the histories that test/replay.test.ts replays: `npm run export:histories`. */
async function main(): Promise<void> {
  await globalSetup();
  const endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 5 });
  const runs = await TestRuns.open({
    systems: [scriptedChain()],
    endpoints: { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true } },
  });
  const save = async (workflowId: string, name: string): Promise<void> => {
    const history = await runs.temporal.workflow.getHandle(workflowId).fetchHistory();
    const file = join(historiesFolder, `${historyVersion}-${name}.json`);
    writeFileSync(file, JSON.stringify(JSON.parse(historyToJSON(history))));
    process.stdout.write(`${file}\n`);
  };
  const plan = { ...tinyPlan, iterations: 2 };
  const completed = await runs.start({
    ...{ system: 'scripted-chain', runId: 'completed' },
    plan: { ...plan, simultaneousSteps: true },
  });
  await runs.client.result(completed);
  await save(completed, 'completed-run');
  await save(`${completed}/iteration-1`, 'simultaneous-iteration');

  const commanded = await runs.start({ system: 'scripted-chain', runId: 'commanded', seed: 1, plan });
  await until(async () => (await runs.client.progress(commanded)).phase === 'iterations');
  await runs.client.pause(commanded, { ...who, now: true });
  await runs.client.setBudget(commanded, { ...who, budget: { calls: 100_000 } });
  await runs.client.resume(commanded, who);
  await runs.client.cancel(commanded, { ...who, now: false });
  await runs.client.result(commanded);
  await save(commanded, 'commanded-run');
  await save(`${commanded}/iteration-1`, 'cancelled-iteration');

  await runs.close();
  await endpoint.close();
  await globalTeardown();
}

void main();
