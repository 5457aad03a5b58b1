// A process of its own with many writers at once: node --require scripts/typescript.js write-program.js <url> <name> <writers> <writes each>
// It says 'ready', waits for a line on stdin, and ends with a line of JSON: its time and the longest wait of its event loop.
// With 0 writers it writes and synchronises the file <name> instead, as a write transaction does, until its stdin ends.
const { closeSync, fsyncSync, openSync, writeSync } = require('node:fs');
const { once } = require('node:events');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');
const { openDatabase, storesOf } = require('../index.ts');

const [url, name, writers, each] = process.argv.slice(2);

async function main() {
  const stores = Number(writers) === 0 ? undefined : storesOf(await openDatabase(url));
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const started = performance.now();
  if (stores === undefined) await writeFile();
  else await write(stores);
  delay.disable();
  process.stdout.write(`${JSON.stringify({ ms: performance.now() - started, stallMs: delay.max / 1e6 })}\n`);
  await stores?.database.close();
  process.exit(0);
}

async function writeFile() {
  const file = openSync(name, 'w');
  let over = false;
  process.stdin.once('end', () => (over = true));
  while (!over) {
    writeSync(file, 'x'.repeat(4_096), 0);
    fsyncSync(file);
    await sleep(10);
  }
  closeSync(file);
}

async function write({ database, counters, ledger, spend }) {
  const usage = { promptTokens: 1, completionTokens: 1, usd: 0.25, latencyMs: 1 };
  await Promise.all(
    Array.from({ length: Number(writers) }, async (_, writer) => {
      for (let item = 0; item < Number(each); item++) {
        await database.write([
          counters.addition('run', 'writes', 1),
          ...spend.insertions({ runId: 'run', kind: 'chat', role: 'answerer', calls: 1, usage }),
        ]);
        const body = 'x'.repeat(500);
        await ledger.append('run', [{ key: `${name}/${writer}/${item}`, iteration: 0, kind: 'write', body }]);
      }
    }),
  );
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
