import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readFile } from 'node:fs/promises';
import { portIsFree, processAlive, servesNamespace } from '../providers/processes';
import type { Config } from './config/define-config';
import { stateFiles, stateFolder } from './state-folder';
import { temporalEnvironment } from './temporal-environment';
import { ServerUnreachable, temporalTarget, type TemporalTarget } from './temporal-connection';

const usualPort = 7233;

const recordSchema = z.object({
  pid: z.number(),
  detail: z.object({ address: z.string(), namespace: z.string(), uiUrl: z.string().optional() }),
});

/** Where the Temporal server is. */
export interface FoundTemporal {
  target: TemporalTarget;
  /** How it was found: a setting, this project's development server, or a server at the usual port. */
  by: 'setting' | 'project' | 'usual port';
}

/**
 * Finds the Temporal server of a project: the one that config or environment name, else the project's own development
 * server, else one at the usual port of this machine, unless the project has runs on a development server of its own.
 * Undefined when a development server has to be started.
 */
export async function findTemporal(config: Config): Promise<FoundTemporal | undefined> {
  const target = temporalTarget(config.temporal);
  if (isConfigured(config)) return { target, by: 'setting' };
  const recorded = await recordedServer(target.namespace);
  if (recorded !== undefined) return { target: at(target, recorded), by: 'project' };
  if (existsSync(path.join(stateFolder(), stateFiles.temporalDatabase)) || (await portIsFree(usualPort)))
    return undefined;
  const usual = `127.0.0.1:${usualPort}`;
  const serves = await servesNamespace(usual, target.namespace).catch(() => false);
  return serves ? { target: at(target, usual), by: 'usual port' } : undefined;
}

/** @throws ServerUnreachable when there is none. */
export async function requireTemporal(config: Config): Promise<FoundTemporal> {
  const found = await findTemporal(config);
  if (found !== undefined) return found;
  throw new ServerUnreachable(
    `no Temporal server is running for this project (${process.cwd()}): start one with 'optimas dev', or set TEMPORAL_ADDRESS`,
  );
}

export function at(target: TemporalTarget, address: string): TemporalTarget {
  return { ...target, options: { ...target.options, address } };
}

function isConfigured({ temporal = {} }: Config): boolean {
  return (temporal.address ?? temporalEnvironment(temporal.profile).connectionOptions.address) !== undefined;
}

/** Address of the project's development server, when it answers. */
async function recordedServer(namespace: string): Promise<string | undefined> {
  const text = await readFile(path.join(stateFolder(), stateFiles.temporalRecord), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { success, data } = recordSchema.safeParse(parsedJson(text));
  if (!success || data.detail.namespace !== namespace || !processAlive(data.pid)) return undefined;
  const { address } = data.detail;
  return (await servesNamespace(address, namespace).catch(() => false)) ? address : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A record that cannot be read names no server.
  }
}
