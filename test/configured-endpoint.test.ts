import { readFileSync } from 'node:fs';
import path from 'node:path';
import { resultDocumentSchema } from '../core/run/result-document';
import { suiteEnvironment } from './suite-environment';
import { CommandLine } from './support/command-line';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';

jest.setTimeout(300_000);

const distribution = path.resolve(__dirname, '../dist');
const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../scripts/compile.js');

const plan = {
  iterations: 1,
  preferenceInputs: 3,
  adaptationInputs: 4,
  rankingInputs: 2,
  shortlist: 2,
  shortlistInputs: 2,
  candidatesPerInput: 3,
  rolloutsPerCandidate: 1,
  proposals: 4,
  finalists: 2,
  validationExamples: 4,
  testExamples: 3,
};

let address: string;
beforeAll(() => {
  ensureCompiled();
  ({ address } = suiteEnvironment());
});

describe('with the endpoint of OPENAI_BASE_URL and OPENAI_API_KEY', () => {
  const key = 'sk-of-the-environment';
  const withEndpoint = async (use: (project: CommandLine, guarded: ScriptedEndpoint) => Promise<void>) => {
    const guarded = await startScriptedEndpoint({ models: ['small-instruct', 'small-base'], apiKey: key });
    const project = new CommandLine({
      OPENAI_BASE_URL: guarded.url,
      OPENAI_API_KEY: key,
      TEMPORAL_ADDRESS: address,
      OPTIMAS_CACHE_DIR: 'cache',
    });
    try {
      // The quick start as it is packaged, but for the encoder, which would be a download on a machine that is new.
      project.write(
        'optimas.config.ts',
        `import { defineConfig } from 'optimas';
         import { quickstart } from '${distribution}/systems/quickstart/quickstart';
         export default defineConfig({
           endpoints: 'local',
           encoder: 'hashed-ngrams',
           systems: ({ encode, encoderFiles, models: [instruct = '', base = ''] }) =>
             [quickstart({ encode, encoderFiles, models: { instruct, base } })],
         });`,
      );
      await use(project, guarded);
    } finally {
      await project.close();
      await guarded.close();
    }
  };

  it('runs the quick start there, with the key', async () => {
    await withEndpoint(async (project, guarded) => {
      const options = Object.entries(plan).flatMap(([name, value]) => [
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
        String(value),
      ]);
      const { code, out, err } = await project.run('run', 'quickstart', '--json', 'result.json', ...options);
      expect({ code, err }).toMatchObject({ code: 0 });
      expect(out + err).toContain(
        `language models: small-instruct, small-base (OPENAI_BASE_URL / OPENAI_API_KEY, ${guarded.url})`,
      );
      expect(out + err).not.toContain(key);
      const document = resultDocumentSchema.parse(JSON.parse(readFileSync(project.file('result.json'), 'utf8')));
      expect(document).toMatchObject({ system: 'quickstart', status: 'completed' });
      expect(document.cost.llmCalls).toBeGreaterThan(30);
      expect(document.cost.llmCalls).toBe(guarded.requests.chat);
      // A request without the key is refused, which counts as a fault.
      expect(guarded.requests.faults).toBe(0);
    });
  });

  it('sets up: finds the server, its search attributes, the models and the encoder, and calls no model', async () => {
    await withEndpoint(async (project, guarded) => {
      const { code, out, err } = await project.run('setup');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`Temporal server: ${address} (`);
      expect(out).toMatch(/^search attributes: (registered \w+.*)$/m);
      expect(out).toContain(`language models: small-instruct, small-base (OPENAI_BASE_URL / OPENAI_API_KEY`);
      expect(out).toContain('sentence encoder: hashed n-grams');
      expect(out).toContain(`downloads are kept in ${project.file('cache')}`);
      expect(guarded.requests).toMatchObject({ chat: 0, models: 1, faults: 0 });
      expect((await project.run('setup')).out).toContain('search attributes: registered already');
    });
  });
});
