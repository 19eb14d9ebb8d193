import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers everybody with 200 and keeps what they sent: a collector of traces, or somebody who must never be called. */
export class Listener {
  /** Bodies, in order. */
  readonly heard: string[] = [];
  /** Connections, with or without a request. */
  connections = 0;

  private readonly server = createServer((request, response) => {
    void this.keep(request).finally(() => response.setHeader('content-type', 'application/json').end('{}'));
  });

  static async start(): Promise<Listener> {
    const listener = new Listener();
    listener.server.on('connection', () => (listener.connections += 1));
    listener.server.listen(0, '127.0.0.1');
    await once(listener.server, 'listening');
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async keep(request: IncomingMessage): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    this.heard.push(`${request.method} ${request.url} ${Buffer.concat(parts).toString('utf8')}`);
  }
}
