import { cacheFolder, climb, temporalLadder, type LadderReport } from '../providers/ladders';

/** Minutes may pass here on a fresh machine: say what they are spent on, once per message. */
function reporter(): LadderReport {
  let last = '';
  return (event) => {
    if (event.state !== 'progress' && event.state !== 'waiting') return;
    const message = `${event.what}: ${event.step}: ${event.state === 'progress' ? event.message : event.reason}`;
    if (message !== last) process.stderr.write(`${message}\n`);
    last = message;
  };
}

/** Path of the Temporal command line that the suite starts its own server with, installed where it is missing. */
export async function temporalExecutable(): Promise<string> {
  const { TEMPORAL_ADDRESS: _ignored, ...environment } = process.env;
  const { value } = await climb(temporalLadder(cacheFolder(), environment), reporter());
  if (!('binary' in value)) throw new Error('the ladder gave a running server, but the tests start one of their own');
  return value.binary;
}
