import type { ExamplePrice } from '../../core/system/example-price';
import type { Purpose } from '../../core/system/draw';
import type { Stores } from '../../storage';

/** Examples as run `run` measured them, each with a trace that has nothing but its price. */
export async function storePriced(
  { blobs, evaluations }: Pick<Stores, 'blobs' | 'evaluations'>,
  measured: { purpose: Purpose; iteration: number; configurationHash: string },
  examples: Readonly<Record<string, { score: number; price: ExamplePrice }>>,
): Promise<void> {
  const stored = await Promise.all(
    Object.entries(examples).map(async ([exampleId, { score, price }]) => {
      const { sha256 } = await blobs.putJson({ components: {}, price });
      return { exampleId, drawIndex: 0, score, traceBlob: sha256 };
    }),
  );
  await evaluations.putMany({ runId: 'run', ...measured }, stored);
}
