import { contentHash } from '../../core/system/canonical-json';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import type { EmbedTexts } from '../../providers/encoder';
import { BilledFailure } from '../../providers/language-models';
import { settleAll } from '../settle-all';
import type { CallMeter } from './call-meter';
import { chargedCall } from './charged-call';
import { requestBatches } from './request-batches';
import { packVector, unpackVector } from './vector-text';

const role = 'encoder';
const kind = 'embedding';

/**
 * Embeddings by a model of an endpoint, for the encoder: charged to the run as a component's embedding call is. Each text's
 * vector is stored by itself under the content hash of (endpoint, model, text), so that a resumed run or another worker pays
 * only for texts that are new, whatever else it asks for.
 */
export function recordedEmbeddings(meter: CallMeter, model: string): EmbedTexts {
  const { languageModels, memo, runId } = meter;
  const { identity, id } = languageModels.describe(model);
  const keyOf = (text: string): string =>
    contentHash({ kind: 'vector', endpoint: identity, id, scope: meter.scope, text });

  async function storedVectors(texts: readonly string[]): Promise<Map<string, Float32Array>> {
    const keys = new Map(texts.map((text) => [keyOf(text), text]));
    const stored = await memo.stored({ runId, kind }, [...keys.keys()]);
    return new Map([...stored].map(([key, packed]) => [keys.get(key) as string, unpackVector(packed as string)]));
  }

  async function request(texts: string[], dimension: number | undefined, signal: AbortSignal): Promise<Float32Array[]> {
    const { value } = await chargedCall(
      meter,
      {
        key: contentHash({ kind: 'vectors', texts: texts.map(keyOf) }),
        kind,
        role,
        model,
        worst: languageModels.embeddingBound({ model, texts }),
        // Another worker may have stored them while this one waited for its turn.
        already: async () => {
          const stored = await storedVectors(texts);
          return stored.size < texts.length
            ? undefined
            : texts.map((text) => packVector(stored.get(text) as Float32Array));
        },
        make: async (callSignal) => {
          const place = { run: runId, priority: meter.priority };
          const { vectors, usage } = await languageModels.embed({ model, texts }, { signal: callSignal, place });
          const other = vectors.find(({ length }) => length !== (dimension ?? length));
          if (other !== undefined) throw new BilledFailure(otherDimension(model, other.length, dimension), usage);
          const packed = vectors.map(packVector);
          const rows = texts.flatMap((text, index) =>
            memo.insertions({ key: keyOf(text), kind, runId, model }, packed[index] as string),
          );
          // The rows are what is kept; together they would be stored twice.
          return { value: packed, usage, keep: false, also: rows };
        },
      },
      signal,
    );
    return (value as string[]).map(unpackVector);
  }

  return async (texts, dimension, signal) => {
    const found = await storedVectors(texts);
    const missing = [...new Set(texts)].filter((text) => !found.has(text));
    await settleAll(
      requestBatches(missing).map(async (batch) => {
        const vectors = await request(batch, dimension, signal).catch((error: unknown) => {
          throw explained(error, model);
        });
        for (const [index, vector] of vectors.entries()) found.set(batch[index] as string, vector);
      }),
      () => Promise.resolve(),
    );
    return texts.map((text) => {
      const vector = found.get(text) as Float32Array;
      if (dimension !== undefined && vector.length !== dimension) throw otherDimension(model, vector.length, dimension);
      return vector;
    });
  };
}

function otherDimension(model: string, now: number, before: number | undefined): InfrastructureError {
  return new InfrastructureError(
    `the encoder's model '${model}' gave a vector of ${now} numbers, and ${before} before: another model answers under its ` +
      "name; bring the earlier one back, or give its endpoint another 'identity' in the config and start a new run",
    { kind: 'systematic' },
  );
}

function explained(error: unknown, model: string): unknown {
  if (!InfrastructureError.isInstance(error) || error.kind !== 'permanent' || error.status === 404) return error;
  return new InfrastructureError(
    `${error.message}; where the texts are too long for the encoder's model '${model}', lower maxCharacters of encoder in the config and start a new run`,
    error,
  );
}
