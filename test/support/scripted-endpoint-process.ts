import { parseArgs } from 'node:util';
import { startScriptedEndpoint } from './scripted-endpoint';
import type { ScriptedEndpointOptions } from './scripted-endpoint-options';

/**
 * Runs the scripted endpoint as a process of its own, for tests that kill others.
 *
 *   scripted-endpoint-process [--options JSON] [--module FILE] [--until-stdin-ends]
 *
 * `--options` is a ScriptedEndpointOptions without functions; `--module` names a CommonJS file whose exports (`reply`,
 * `embed`) are added to them. Prints one line, `{"url", "pid"}`, when it listens. Ends at SIGTERM or SIGINT; with
 * `--until-stdin-ends` also when its piped standard input ends, which it does when the parent dies.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { options: { type: 'string' }, module: { type: 'string' }, 'until-stdin-ends': { type: 'boolean' } },
  });
  const options = JSON.parse(values.options ?? '{}') as ScriptedEndpointOptions;
  const scripted = values.module ? (require(values.module) as ScriptedEndpointOptions) : {};
  const endpoint = await startScriptedEndpoint({ ...options, ...scripted });
  const stop = () => void endpoint.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (values['until-stdin-ends']) process.stdin.once('end', stop).resume();
  console.log(JSON.stringify({ url: endpoint.url, pid: process.pid }));
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
