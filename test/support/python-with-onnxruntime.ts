import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, StepUnavailable, type Attempt, type Ladder } from '../../providers/ladders';
import { publish } from '../../providers/ladders/publish';
import { runClient } from '../../providers/ladders/run-client';
import { findPython } from './find-python';

const run = promisify(execFile);
const modules = ['numpy', 'onnxruntime'];
/** The release of onnxruntime-node in package.json; it needs Python 3.11. */
const packages = ['numpy==2.3.5', 'onnxruntime==1.30.0'];
/** Both are silent while they copy and compile files. */
const silenceMs = 120_000;

/**
 * Ways to a Python that has ONNX Runtime, whose path is the result: a virtual environment of an earlier test, one that is
 * installed (`OPTIMAS_PYTHON` or on PATH), a new virtual environment in the cache.
 */
export function pythonWithOnnxRuntime(
  cache: string = cacheFolder(),
  environment: NodeJS.ProcessEnv = process.env,
): Ladder<string> {
  // Named for what is in it: with other packages it is made anew.
  const name = ['python', ...packages].join('-').replaceAll('==', '-');
  const target = path.join(cache, name);
  const python = pythonIn(target);
  return {
    what: 'A Python with ONNX Runtime',
    lockFile: path.join(cache, `${name}.lock`),
    remedy:
      'install Python 3.11 or newer with venv and pip (on Debian `apt-get install python3-venv`) and let it reach a package ' +
      'index, or let OPTIMAS_PYTHON name a Python with onnxruntime and numpy',
    steps: [
      {
        name: 'local cache',
        kind: 'cache',
        silenceMs,
        take: async () => {
          // It breaks when the Python that it was made from is removed.
          const whole = await run(python, ['-c', `import ${modules.join(', ')}`]).catch(() => undefined);
          if (whole === undefined)
            throw new StepUnavailable(`${python} is not there or cannot import ${modules.join(', ')}`);
          return python;
        },
      },
      {
        name: 'OPTIMAS_PYTHON or PATH',
        silenceMs,
        take: async () => {
          const found = await findPython(modules, environment);
          if (found === undefined) throw new StepUnavailable(`no Python there can import ${modules.join(', ')}`);
          return found;
        },
      },
      { name: 'pip install', kind: 'install', silenceMs, take: (attempt) => install(target, environment, attempt) },
    ],
  };
}

async function install(target: string, environment: NodeJS.ProcessEnv, attempt: Attempt): Promise<string> {
  const base = await findPython([], environment);
  if (base === undefined) throw new StepUnavailable('there is no Python: neither OPTIMAS_PYTHON nor python3 on PATH');
  await rm(target, { recursive: true, force: true });
  await publish(target, async (work) => {
    // Its python finds its packages by where it lies, so the folder may be moved; only its scripts may not.
    const built = path.join(work, 'venv');
    const client = { workingFolder: work, watchFolder: work, nextWithinMs: silenceMs, attempt };
    await runClient(base, { ...client, arguments: ['-m', 'venv', built], message: 'making a virtual environment' });
    await runClient(pythonIn(built), {
      ...client,
      arguments: ['-m', 'pip', 'install', '--disable-pip-version-check', ...packages],
      message: `installing ${packages.join(' and ')} with pip`,
    });
    return built;
  });
  return pythonIn(target);
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
}
