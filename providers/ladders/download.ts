import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { FileWriteError } from '../processes/file-write-error';
import type { Attempt } from './climb';
import { publish } from './publish';

/** Milliseconds between two progress reports. */
const reportEveryMs = 250;

/**
 * Downloads `url` to `file` and verifies its sha256. The file is written as it arrives, so it belongs in a work folder
 * (see `publish`). Throws on a status other than 2xx and on a checksum mismatch; FileWriteError where `file` cannot be written.
 */
export async function download(
  url: string,
  file: string,
  options: { readonly sha256: string; readonly attempt: Attempt },
): Promise<void> {
  const { attempt, sha256 } = options;
  // `fetch failed` and `terminated` do not say of what.
  const breakOff = (cause: unknown): never => {
    attempt.signal.throwIfAborted();
    throw new Error(`${url} did not arrive`, { cause });
  };
  const response = await fetch(url, { signal: attempt.signal }).catch(breakOff);
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const { headers } = response;
  // The length of a compressed body is not that of what comes out of it.
  const total = headers.has('content-encoding') ? undefined : Number(headers.get('content-length')) || undefined;
  const message = `downloading ${path.basename(new URL(url).pathname)}`;
  const hash = createHash('sha256');
  let done = 0;
  let reportedAt = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      done += chunk.length;
      const now = performance.now();
      if (now - reportedAt >= reportEveryMs) {
        reportedAt = now;
        attempt.progress({ message, done, total });
      }
      next(null, chunk);
    },
  });
  const arriving = Readable.fromWeb(response.body as ReadableStream);
  const written = createWriteStream(file);
  // The first of them to fail makes the other fail too.
  let failed: typeof arriving | typeof written | undefined;
  for (const stream of [arriving, written]) stream.once('error', () => (failed ??= stream));
  await pipeline(arriving, meter, written, { signal: attempt.signal }).catch((cause: Error) => {
    attempt.signal.throwIfAborted();
    if (failed === written) throw new FileWriteError(file, cause);
    breakOff(cause);
  });
  attempt.progress({ message, done, total });
  const actual = hash.digest('hex');
  if (actual !== sha256) {
    // A page of a proxy or of a login is known by its type and size.
    const came = `${done} bytes of ${headers.get('content-type') ?? 'no type'}`;
    throw new Error(`checksum mismatch of ${url}: expected sha256 ${sha256}, got ${actual} (${came})`);
  }
}

/** Downloads `url` and publishes it as `target`. Throws as `download` and `publish` do. */
export function publishDownload(url: string, target: string, options: Parameters<typeof download>[2]): Promise<void> {
  return publish(target, async (work) => {
    const file = path.join(work, path.basename(target));
    await download(url, file, options);
    return file;
  });
}
