import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  said: string;
}

/** A TCP proxy that can fall silent on chosen connections without closing them, as a lost peer or a firewall does. */
export class SilentProxy {
  private readonly pairs = new Set<Pair>();
  private readonly silenced: Pair[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async before(port: number): Promise<SilentProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new SilentProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.join(client, connect(port, '127.0.0.1')));
    return proxy;
  }

  /** Falls silent on every connection that has sent this text. Answers on how many. */
  silence(text: string): number {
    const chosen = [...this.pairs].filter(({ said }) => said.includes(text));
    for (const pair of chosen) {
      this.pairs.delete(pair);
      this.silenced.push(pair);
      pair.client.removeAllListeners('data').pause();
      pair.upstream.removeAllListeners('data').on('data', () => undefined);
    }
    return chosen.length;
  }

  async stop(): Promise<void> {
    for (const { client, upstream } of [...this.pairs, ...this.silenced]) {
      client.destroy();
      upstream.destroy();
    }
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private join(client: Socket, upstream: Socket): void {
    const pair: Pair = { client, upstream, said: '' };
    this.pairs.add(pair);
    client.on('data', (data) => {
      pair.said = (pair.said + data.toString('latin1')).slice(-2_000);
      upstream.write(data);
    });
    upstream.on('data', (data) => client.write(data));
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  }
}
