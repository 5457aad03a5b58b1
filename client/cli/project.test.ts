import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataFolderOf, hotpotqaRows } from '../../systems/datasets/testing/official-files';
import { openWanted } from './commands/run';

// The real one's loader of TypeScript does not run in Jest, which loads TypeScript itself.
jest.mock('../../workers/config/load-config', () => ({
  loadConfig: async (named: string) => {
    const file = path.resolve(named);
    const loaded = require(file) as { default?: unknown };
    return { config: loaded.default ?? loaded, file };
  },
}));

const home = process.cwd();
const dataFolder = process.env['OPTIMAS_DATA_DIR'];

beforeEach(() => {
  process.chdir(mkdtempSync(path.join(tmpdir(), 'optimas-project-')));
  jest.resetModules(); // A config that was loaded does not look for its data again.
});
afterEach(() => {
  process.chdir(home);
  if (dataFolder === undefined) delete process.env['OPTIMAS_DATA_DIR'];
  else process.env['OPTIMAS_DATA_DIR'] = dataFolder;
});

describe('without a config', () => {
  it('a bundled system is found by its name, with its own config and task queue', async () => {
    process.env['OPTIMAS_DATA_DIR'] = dataFolderOf({
      'hotpotqa_train.jsonl': hotpotqaRows(1, 't', 'id'),
      'hotpotqa_dev.jsonl': hotpotqaRows(1, 'd', 'id'),
    });
    const { project, wanted } = await openWanted('hotpotqa', {});
    expect(wanted).toBe('hotpotqa');
    expect(project.bundled).toBe('hotpotqa');
    expect(project.configFile).toMatch(/systems[\\/]hotpotqa[\\/]optimas\.config/);
    const other = (await openWanted('quickstart', {})).project;
    expect(other.configFile).toMatch(/systems[\\/]quickstart[\\/]optimas\.config/);
    expect(other.taskQueue).not.toBe(project.taskQueue);
  });

  it.each(['hotpotqa', 'pubmedqa'])(
    '%s says what to do about missing data before any model is fetched',
    async (name) => {
      process.env['OPTIMAS_DATA_DIR'] = dataFolderOf({});
      await expect(openWanted(undefined, { system: name })).rejects.toThrow(
        new RegExp(`data is missing: .*'optimas setup --data ${name}', set OPTIMAS_DATA_DIR`),
      );
    },
  );

  it('another name, or none, is told with what there is', async () => {
    await expect(openWanted('support-qa', {})).rejects.toThrow(
      /only the bundled systems \(quickstart, hotpotqa, pubmedqa\)/,
    );
    await expect(openWanted(undefined, {})).rejects.toThrow(/try 'optimas run quickstart'/);
  });
});

it("a project's own config goes before the bundled systems", async () => {
  writeFileSync('optimas.config.js', "module.exports = { kind: 'optimas.config', systems: [{ name: 'mine' }] };");
  await expect(openWanted('hotpotqa', {})).rejects.toThrow(/it defines: mine/);
  expect((await openWanted('mine', {})).project.bundled).toBeUndefined();
});
