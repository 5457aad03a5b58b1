import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** Runs another program of the bench, passes its output on, and takes the JSON of its last line; undefined: that is none. */
export async function runProgram(
  file: string,
  ...options: string[]
): Promise<{ code: number | null; result: unknown }> {
  const transform = resolve(__dirname, '../../scripts/typescript.js');
  const child = spawn(process.execPath, ['--require', transform, resolve(__dirname, file), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, result: lastLineJson(output) };
}

/** The JSON of the last line that is not empty; undefined where it is no JSON. */
export function lastLineJson(output: string): unknown {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
