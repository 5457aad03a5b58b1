import { readFileSync } from 'node:fs';
import { connect, createSecureServer, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';

const certificates = join(__dirname, '../fixtures/tls');

/** Paths of the certificates with which a client is let in. */
export const tlsFiles = {
  authority: join(certificates, 'authority.crt'),
  clientCertificate: join(certificates, 'client.crt'),
  clientKey: join(certificates, 'client.key'),
};

/** What stands before a Temporal server in production: TLS, with a client certificate and an API key asked of everybody. */
export interface TlsFront {
  /** host:port */
  readonly address: string;
  /** Names of the gRPC methods that were called with the right key. */
  readonly methods: Set<string>;
  close(): Promise<void>;
}

/** Passes gRPC calls on to the plain server at `target` (host:port); calls without `apiKey` are unauthenticated. */
export async function startTlsFront(target: string, apiKey: string): Promise<TlsFront> {
  const methods = new Set<string>();
  const upstream = connect(`http://${target}`);
  const front = createSecureServer({
    key: readFileSync(join(certificates, 'server.key')),
    cert: readFileSync(join(certificates, 'server.crt')),
    ca: readFileSync(tlsFiles.authority),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const sessions = new Set<{ destroy(): void }>();
  front.on('session', (session) => sessions.add(session));
  front.on('sessionError', () => {});
  front.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers.authorization !== `Bearer ${apiKey}`) {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16', 'grpc-message': 'which key?' },
        { endStream: true },
      );
      return;
    }
    methods.add(String(headers[':path']).replace(/^.*\//, ''));
    passOn(stream, headers);
  });

  function passOn(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const request = upstream.request({ ...headers, ':authority': target, ':scheme': 'http' });
    let trailers: IncomingHttpHeaders = {};
    request.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    request.on('trailers', (received) => (trailers = received));
    request.on('response', (response, flags) => {
      const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      if (stream.destroyed) return;
      stream.respond(response, { endStream, waitForTrailers: !endStream });
      if (!endStream) request.pipe(stream);
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.on('close', () => request.close(constants.NGHTTP2_CANCEL));
    stream.pipe(request);
  }

  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(front.address() as AddressInfo).port}`,
    methods,
    async close() {
      const closed = new Promise((resolve) => front.close(resolve));
      for (const session of sessions) session.destroy();
      upstream.destroy();
      await closed;
    },
  };
}
