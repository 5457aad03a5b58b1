import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer {
  readonly url: string;
  /** Paths asked for so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A server of the tests with these files by their paths. `cut`: all of it is announced, and half of it is sent. */
export async function serveFiles(
  files: Readonly<Record<string, string | { readonly text: string; readonly type?: string; readonly cut?: boolean }>>,
): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const file = files[path];
    if (file === undefined) {
      response.writeHead(404).end('not found');
      return;
    }
    const { text, type = 'application/json', cut = false } = typeof file === 'string' ? { text: file } : file;
    const body = Buffer.from(text);
    response.writeHead(200, { 'content-type': type, 'content-length': body.length });
    if (cut) response.write(body.subarray(0, body.length / 2), () => response.destroy());
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
