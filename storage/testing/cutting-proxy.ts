import { createServer, connect, type Server, type Socket } from 'node:net';

/** When to cut, seen from the server: before it gets the message, or before its answer to it is passed on. */
export type Cut = 'request' | 'reply';

/** Stands between a client and a server at 127.0.0.1 and loses a connection at a chosen moment. */
export class CuttingProxy {
  cuts = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private next: { text: string; cut: Cut } | undefined;
  private silent = false;

  private constructor(private readonly target: number) {
    this.server = createServer((client) => this.join(client, connect(this.target, '127.0.0.1')));
  }

  static async start(target: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Cuts the connection on which the client sends `text` next. */
  cutAt(text: string, cut: Cut): void {
    this.next = { text, cut };
  }

  /** From now on passes nothing in either direction, on any connection. */
  goSilent(): void {
    this.silent = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    let answer = true;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (data) => {
      if (this.silent) return;
      if (this.next !== undefined && data.includes(this.next.text)) {
        const { cut } = this.next;
        this.next = undefined;
        this.cuts++;
        if (cut === 'request') return end();
        answer = false;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      if (this.silent) return;
      if (answer) client.write(data);
      else end();
    });
  }
}
