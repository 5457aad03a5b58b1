import path from 'node:path';
import { chmod } from 'node:fs/promises';
import { connect } from 'node:net';
import { cachedStep } from './cached-step';
import { StepUnavailable, type Attempt, type Ladder } from './climb';
import { download } from './download';
import { executableOnPath } from './on-path';
import { publish } from './publish';
import { runClient } from './run-client';

/** The last version of the command line tool that the Go toolchain can install from source. */
const version = '1.5.1';
const releases = `https://github.com/temporalio/cli/releases/download/v${version}`;

/** A server that already runs, or the executable to start one with. */
export type TemporalSource = { readonly address: string } | { readonly binary: string };

/** Ways to a Temporal server. */
export function temporalLadder(cache: string, environment: NodeJS.ProcessEnv = process.env): Ladder<TemporalSource> {
  const binary = path.join(cache, 'temporal', version, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  return {
    what: 'The Temporal server',
    lockFile: path.join(cache, 'temporal.lock'),
    remedy:
      'install the Temporal CLI so that `temporal` is on PATH (https://docs.temporal.io/cli), ' +
      'or set TEMPORAL_ADDRESS to a running server',
    steps: [
      { name: 'TEMPORAL_ADDRESS', kind: 'setting', take: (attempt) => configuredServer(environment, attempt) },
      { name: '`temporal` on PATH', take: async () => ({ binary: await executableOnPath('temporal', environment) }) },
      cachedStep(binary, { binary }),
      { name: 'official download', kind: 'install', take: (attempt) => downloaded(binary, attempt) },
      { name: 'go install', kind: 'install', take: (attempt) => builtFromSource(binary, attempt) },
    ],
  };
}

async function configuredServer(environment: NodeJS.ProcessEnv, { signal }: Attempt): Promise<TemporalSource> {
  const address = environment['TEMPORAL_ADDRESS'];
  if (!address) throw new StepUnavailable('not set');
  const { hostname, port } = new URL(`tcp://${address}`);
  if (hostname === '' || port === '') throw new Error(`${JSON.stringify(address)} is not host:port`);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), signal }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (cause) => reject(new Error(`nothing answers at ${address}`, { cause })));
  });
  return { address };
}

async function downloaded(binary: string, attempt: Attempt): Promise<TemporalSource> {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (platform === undefined || architecture === undefined) {
    throw new StepUnavailable(`there is no release for ${process.platform} on ${process.arch}`);
  }
  const archive = `temporal_cli_${version}_${platform}_${architecture}${platform === 'windows' ? '.zip' : '.tar.gz'}`;
  const checksums = await fetch(`${releases}/checksums.txt`, { signal: attempt.signal });
  if (!checksums.ok) throw new Error(`${checksums.url} answered ${checksums.status}`);
  const line = (await checksums.text()).split('\n').find((entry) => entry.trim().endsWith(archive));
  const sha256 = line?.trim().split(/\s+/)[0];
  if (sha256 === undefined) throw new Error(`${checksums.url} does not list ${archive}`);
  await publish(binary, async (work) => {
    const file = path.join(work, archive);
    await download(`${releases}/${archive}`, file, { sha256, attempt });
    // Every platform with a release has a tar that reads both kinds of archive.
    await runClient('tar', {
      arguments: ['-xf', archive],
      workingFolder: work,
      watchFolder: work,
      message: 'unpacking',
      attempt,
    });
    return path.join(work, path.basename(binary));
  });
  return { binary };
}

async function builtFromSource(binary: string, attempt: Attempt): Promise<TemporalSource> {
  const silentMs = 600_000;
  await publish(binary, async (work) => {
    const go = { workingFolder: work, watchFolder: work, attempt };
    // Asks whether the module can be had at all, which must not take long; the build may, and in silence.
    await runClient('go', {
      ...go,
      arguments: ['list', '-m', `github.com/temporalio/cli@v${version}`],
      message: 'asking for the module',
    });
    const message = 'building from source (3 to 5 minutes the first time)';
    attempt.progress({ message, nextWithinMs: silentMs });
    await runClient('go', {
      ...go,
      arguments: ['install', '-v', `github.com/temporalio/cli/cmd/temporal@v${version}`],
      environment: { GOBIN: work },
      message,
      nextWithinMs: silentMs,
    });
    const built = path.join(work, path.basename(binary));
    await chmod(built, 0o755);
    return built;
  });
  return { binary };
}
