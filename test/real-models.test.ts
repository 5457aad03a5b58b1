import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resultDocumentSchema } from '../core/run/result-document';
import { cacheFolder, climb, languageModelLadder } from '../providers/ladders';
import { goWithoutModels } from './support/without-models';

jest.setTimeout(900_000);

/** Everything real, through the command line: Temporal server, worker, two small language models, sentence encoder. */
it('optimizes the quick start on the embedded models', async () => {
  const { OPENAI_BASE_URL: _url, OPENAI_API_KEY: _key, TEMPORAL_ADDRESS: _address, ...environment } = process.env;
  try {
    const { value } = await climb(languageModelLadder(cacheFolder(), { environment, localServers: [] }));
    await value.server?.stop();
  } catch (error) {
    return goWithoutModels(error, 'the quick start on the embedded models');
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'optimas-quickstart-'));
  const plan = {
    iterations: 1,
    'preference-inputs': 4,
    'adaptation-inputs': 3,
    'candidates-per-input': 3,
    proposals: 4,
    'ranking-inputs': 2,
    shortlist: 1,
    'shortlist-inputs': 2,
    finalists: 1,
    'validation-examples': 6,
    'test-examples': 6,
  };
  const outcome = spawnSync(
    process.execPath,
    [
      path.resolve(__dirname, '../bin/optimas.js'),
      ...['run', 'quickstart', '--yes', '--json', 'result.json'],
      ...Object.entries(plan).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    { cwd: folder, encoding: 'utf8', env: environment },
  );
  expect({ status: outcome.status, output: outcome.stdout + outcome.stderr }).toMatchObject({ status: 0 });
  const document = resultDocumentSchema.parse(JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')));
  expect(document).toMatchObject({ system: 'quickstart', status: 'completed' });
  expect(document.final.test?.n).toBe(6);
  expect(document.cost.llmCalls).toBeGreaterThan(30);
  expect(document.cost.completionTokens).toBeGreaterThan(100);
  expect(Object.keys(document.rewards).sort()).toEqual(['answerer', 'query_writer', 'retriever']);
  rmSync(folder, { recursive: true, force: true });
});
