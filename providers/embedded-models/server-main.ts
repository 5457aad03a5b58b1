import { availableParallelism } from 'node:os';
import { endWithParent } from '../processes/end-with-parent';
import { ChatCompleter } from './chat-completer';
import { createEmbeddedServer } from './embedded-server';

/** The embedded model server's own process: `server-main RUNTIME_FOLDER MODELS_FOLDER PORT`; port 0 takes a free one. */
async function main(): Promise<void> {
  endWithParent();
  const [runtimeFolder, modelsFolder, port] = process.argv.slice(2);
  if (runtimeFolder === undefined || modelsFolder === undefined || port === undefined) {
    throw new Error('usage: server-main RUNTIME_FOLDER MODELS_FOLDER PORT');
  }
  const lanes = Math.min(availableParallelism(), 4);
  const completer = await ChatCompleter.load({ runtimeFolder, modelsFolder, lanes });
  const server = createEmbeddedServer(completer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const baseURL = `http://127.0.0.1:${address.port}/v1`;
  console.log(`embedded models ready at ${baseURL}: ${completer.names.join(', ')}; ${lanes} at once`);
  process.send?.({ type: 'ready', detail: { baseURL, models: completer.names } });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
