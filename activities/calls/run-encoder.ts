import { EndpointEncoder, type Encoder } from '../../providers/encoder';
import type { ActivityDependencies } from '../dependencies';
import type { CallMeter } from './call-meter';
import { recordedEmbeddings } from './recorded-embeddings';

/** The sentence encoder for one attempt of an activity: what it spends is charged to the run, and ends with `signal`. */
export async function runEncoder(
  dependencies: Pick<ActivityDependencies, 'encoder'>,
  meter: CallMeter,
  signal: AbortSignal,
): Promise<Encoder> {
  const encoder = await dependencies.encoder();
  if (!(encoder instanceof EndpointEncoder)) return encoder;
  return encoder.open({ embed: recordedEmbeddings(meter, encoder.model), scope: meter.scope, signal });
}
