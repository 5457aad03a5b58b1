// A process of its own that recalls keys: node --require scripts/typescript.js recall-program.js <url> <log file> <hold ms> <lease ms> <key>...
// It says 'ready', waits for a line on stdin, and logs every key that it makes.
const { appendFileSync } = require('node:fs');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { openDatabase, Memo } = require('../index.ts');

const [url, log, holdMs, leaseMs, ...keys] = process.argv.slice(2);

async function main() {
  const database = await openDatabase(url);
  const memo = new Memo(database, { leaseMs: Number(leaseMs), renewEveryMs: Number(leaseMs) / 3 });
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const values = await Promise.all(
    keys.map(async (key) => {
      const make = async () => {
        appendFileSync(log, `${key}\n`);
        process.stdout.write('making\n');
        await sleep(Number(holdMs));
        return {
          value: `${key} by ${process.pid}`,
          usage: { promptTokens: 1, completionTokens: 1, usd: 0, latencyMs: 1 },
        };
      };
      const request = { key, kind: 'chat', runId: 'run', role: 'answerer' };
      return (await memo.recall(request, make, new AbortController().signal)).value;
    }),
  );
  await database.close();
  process.stdout.write(`${JSON.stringify(values)}\n`);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
