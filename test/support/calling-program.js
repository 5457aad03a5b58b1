// A worker of its own that calls a model: node --require scripts/typescript.js calling-program.js <JSON>, with url, endpoint (an EndpointOptions), limits,
// callers, callsEach, name, leaseMs. It says 'ready', waits for a line on stdin, calls until its calls are made or the
// budget is used up, and prints what became of them as JSON.
const { once, setMaxListeners } = require('node:events');
const { LanguageModels } = require('../../providers/language-models/index.ts');
const { openDatabase, storesOf } = require('../../storage/index.ts');
const { recordedModels } = require('../../activities/calls/recorded-models.ts');

const options = JSON.parse(process.argv[2]);

async function main() {
  const { leaseMs } = options;
  const stores = storesOf(await openDatabase(options.url), { leaseMs, renewEveryMs: leaseMs / 4 });
  const languageModels = new LanguageModels({ e: options.endpoint }, {}, stores.callRates);
  const meter = { ...stores, runId: 'run', languageModels, limits: options.limits, priority: 3, scope: '' };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const models = recordedModels(meter, { role: 'caller', seed: 1, draw: options.name, signal });
  const outcomes = { made: 0, exhausted: 0, failed: 0, reasons: [] };
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const call = async (content) => {
    try {
      await models.chat({ model: 'small', messages: [{ role: 'user', content }], maxTokens: 100 });
      outcomes.made++;
    } catch (error) {
      outcomes[error.name === 'BudgetExhausted' ? 'exhausted' : 'failed']++;
      outcomes.reasons.push(error.message);
    }
  };
  await Promise.all(
    Array.from({ length: options.callers }, async (_, caller) => {
      for (let index = 0; index < options.callsEach && outcomes.exhausted === 0; index++) {
        await call(`${options.name} ${caller} ${index}`);
      }
    }),
  );
  await stores.database.close();
  process.stdout.write(`${JSON.stringify({ ...outcomes, reasons: [...new Set(outcomes.reasons)] })}\n`);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
