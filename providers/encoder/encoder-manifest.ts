import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { outOfResources } from '../out-of-resources';
import { EncoderError } from './encoder-error';

/** What `manifest.json` in an encoder's folder may say; other members are for people. */
const schema = z.object({
  /** Longer texts keep their first and last tokens, this many in all. */
  maxTokens: z.int().min(8).max(32_768).default(256),
  /** How hidden states become one vector: their mean, or the first one. Absent: the model's own vector, else the mean. */
  pooling: z.enum(['mean', 'cls']).optional(),
  dimension: z.int().positive().optional(),
});

export type EncoderManifest = z.infer<typeof schema>;

/** @throws EncoderError naming the member of `manifest.json` that cannot be used; without the file all are absent. */
export async function readEncoderManifest(folder: string): Promise<EncoderManifest> {
  const where = `encoder folder '${folder}': manifest.json`;
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return schema.parse({});
    throw (
      outOfResources(where, cause) ??
      new EncoderError(`${where} cannot be read (${(cause as Error).message})`, { cause })
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new EncoderError(`${where} is not JSON; correct or remove it`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
  throw new EncoderError(
    `${where} cannot be used: ${faults}; expected maxTokens (a whole number from 8), pooling ('mean' or 'cls') and ` +
      'dimension, each of which may be left out',
  );
}
