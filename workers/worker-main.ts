import { loadConfig } from './config/load-config';
import { endWithParent } from '../providers/processes';
import { findLocalParts } from './local-parts';
import { serve, type ServeRequest } from './serve';

/** A worker as a process of its own: `worker-main REQUEST`, where REQUEST is a ServeRequest as JSON. */
async function main(): Promise<void> {
  endWithParent();
  const [argument] = process.argv.slice(2);
  if (argument === undefined) throw new Error('usage: worker-main REQUEST');
  const request = JSON.parse(argument) as ServeRequest;
  const { config } = await loadConfig(request.configFile);
  const parts = await findLocalParts(config);
  const serving = await serve(config, request, parts);
  const stop = () => void serving.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.send?.({ type: 'ready', detail: { identity: serving.identity } });
  await serving.done;
  await parts.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
