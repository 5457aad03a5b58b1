import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const repository = path.resolve(__dirname, '..');

/** Inside the repository, where packages resolve; ignored by git. */
function check(source: string): { status: number | null; output: string } {
  const folder = mkdtempSync(path.join(repository, '.dist-bundle-'));
  try {
    const file = path.join(folder, 'index.ts');
    writeFileSync(file, source);
    const args = [path.join(repository, 'scripts/check-bundle.js'), file];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sleep = `import { sleep } from '@temporalio/workflow';\nexport async function nap() { await sleep(1); }\n`;

describe('bundle check', () => {
  jest.setTimeout(60_000);

  it('accepts workflow code', () => {
    expect(check(sleep)).toEqual({ status: 0, output: expect.stringMatching(/^workflow bundle: \d+ modules, \d+ of/) });
  });

  it('names a package that does not belong there', () => {
    const { status, output } = check(`${sleep}import { z } from 'zod';\nexport const schema = z.string();\n`);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining('bundle contains zod') });
  });

  it('refuses a Node built-in', () => {
    const { status, output } = check(`${sleep}import { hostname } from 'node:os';\nexport const name = hostname();\n`);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining('node:os') });
  });

  it('refuses a bundle that is too large', () => {
    const { status, output } = check(`${sleep}export const text = '${'x'.repeat(300_000)}';\n`);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining('more than 720000') });
  });
});
