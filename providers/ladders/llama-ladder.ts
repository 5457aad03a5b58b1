import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedStep } from './cached-step';
import { StepUnavailable, type Attempt, type Ladder } from './climb';
import { isPresent } from './is-present';
import { publish } from './publish';
import { runClient } from './run-client';

const version = '3.22.1';

/** The package with llama.cpp built for the CPU of this platform. */
function platformPackage(): string | undefined {
  const names: Record<string, string> = {
    'linux-x64': 'linux-x64',
    'linux-arm64': 'linux-arm64',
    'darwin-arm64': 'mac-arm64-metal',
    'darwin-x64': 'mac-x64',
    'win32-x64': 'win-x64',
    'win32-arm64': 'win-arm64',
  };
  return names[`${process.platform}-${process.arch}`];
}

/**
 * Ways to node-llama-cpp, which runs the embedded models: a folder with it in `node_modules`. It is installed on demand
 * (85 MB) and is no dependency, so that users with a real endpoint never get it.
 */
export function llamaLadder(cache: string): Ladder<string> {
  const folder = path.join(cache, 'node-llama-cpp', `${version}-${process.platform}-${process.arch}`);
  return {
    what: 'node-llama-cpp, which runs the embedded models,',
    lockFile: path.join(cache, 'node-llama-cpp.lock'),
    remedy:
      'connect this machine to an npm registry, or set OPENAI_BASE_URL and OPENAI_API_KEY to use another endpoint',
    steps: [
      cachedStep(folder, folder),
      { name: 'npm install', kind: 'install', take: (attempt) => installed(folder, attempt) },
    ],
  };
}

async function installed(folder: string, attempt: Attempt): Promise<string> {
  const platform = platformPackage();
  if (platform === undefined) {
    throw new StepUnavailable(`node-llama-cpp has no build for ${process.platform} on ${process.arch}`);
  }
  await publish(folder, async (work) => {
    const built = path.join(work, 'install');
    await mkdir(built);
    await writeFile(path.join(built, 'package.json'), JSON.stringify({ name: 'optimas-llama', private: true }));
    await runClient('npm', {
      arguments: [
        ...['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--loglevel', 'http'],
        ...[`node-llama-cpp@${version}`, `@node-llama-cpp/${platform}@${version}`],
      ],
      workingFolder: built,
      watchFolder: work,
      message: `installing node-llama-cpp ${version}`,
      nextWithinMs: 60_000,
      attempt,
    });
    if (!isPresent(path.join(built, 'node_modules', '@node-llama-cpp', platform))) {
      throw new Error(`npm ended well but left out @node-llama-cpp/${platform}`);
    }
    return built;
  });
  return folder;
}
