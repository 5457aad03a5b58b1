import { scriptedReply } from '../../systems/synthetic';
import { startScriptedEndpoint } from './scripted-endpoint';

/** The endpoint of `scriptedChain` as a process of its own: `node --require scripts/typescript.js endpoint-main.ts LATENCY_MS`. It ends with its input. */
async function main(latencyMs: number): Promise<void> {
  const endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs, keepRequests: 0 });
  process.stdin.once('end', () => void endpoint.close().then(() => process.exit(0))).resume();
  process.stdout.write(`${JSON.stringify({ url: endpoint.url, pid: process.pid })}\n`);
}

void main(Number(process.argv[2]));
