import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The same URL with another port of this machine, such as a proxy's. */
export const through = (url: string, port: number): string => {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.toString();
};

export interface Silence {
  /** What is swallowed: what clients send, what the server sends, or both. */
  readonly swallow: 'requests' | 'answers' | 'both';
  /** Only on connections whose client has sent this text in its first bytes, such as its name. Standard: on all. */
  readonly of?: string;
}

interface Line {
  readonly client: Socket;
  readonly upstream: Socket;
  /** The first bytes of the client, where it names itself. */
  said: string;
  /** Set once something was swallowed: what follows would make no sense to the other end, so this line stays silent. */
  dumb?: Silence;
}

const NAMED_WITHIN = 4_000;

/**
 * Between services and a server. It can fall silent without closing anything, as a firewall that forgot its connections or a host that
 * vanished does; refuse with a reset; and lead to another server. A connection that lost bytes stays dumb after `restore`, until
 * one of its ends closes it: that end has to notice by itself.
 */
export class TcpProxy {
  private readonly lines = new Set<Line>();
  private silent: Silence | undefined;
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private target: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async before(target: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are open at the client's side and have lost nothing. */
  get healthy(): number {
    return [...this.lines].filter(({ dumb, client }) => !dumb && !client.destroyed).length;
  }

  /** Connections that have lost bytes and that nobody has given up yet. */
  get dumb(): number {
    return [...this.lines].filter(({ dumb }) => dumb !== undefined).length;
  }

  /** Takes connections and loses what is sent on them, until `restore`. */
  silence(silence: Silence = { swallow: 'both' }): void {
    this.silent = silence;
  }

  /** Resets every connection, and every new one at once, until `restore`. */
  cut(): void {
    this.refusing = true;
    this.reset();
  }

  /** New connections work again; those that lost bytes do not. */
  restore(): void {
    this.silent = undefined;
    this.refusing = false;
    for (const line of this.lines) if (line.client.destroyed || line.upstream.destroyed) this.drop(line);
  }

  /** Leads to another server from now on. Connections to the old one are reset. */
  switchTo(target: number): void {
    this.target = target;
    this.reset();
  }

  async stop(): Promise<void> {
    this.reset();
    this.refusing = true;
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    client.on('error', () => undefined); // Its `close` follows, which is where it is handled.
    if (this.refusing) return void client.resetAndDestroy();
    const upstream = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const line: Line = { client, upstream, said: '' };
    this.lines.add(line);
    upstream.on('error', () => undefined);
    client.on('data', (data) => {
      if (line.said.length < NAMED_WITHIN) line.said += data.toString('latin1');
      if (!this.swallows(line, 'requests')) upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!this.swallows(line, 'answers')) client.write(data);
    });
    client.on('close', () => this.closed(line));
    upstream.on('close', () => this.closed(line));
  }

  private swallows(line: Line, what: 'requests' | 'answers'): boolean {
    const silence = line.dumb ?? this.silenceOf(line);
    if (silence?.swallow !== what && silence?.swallow !== 'both') return false;
    line.dumb = silence;
    return true;
  }

  private silenceOf({ said }: Line): Silence | undefined {
    return this.silent && said.includes(this.silent.of ?? '') ? this.silent : undefined;
  }

  /** In silence a good-bye is lost like everything else; the other end hears of it once there is a network again. */
  private closed(line: Line): void {
    if (this.silenceOf(line) === undefined) this.drop(line);
  }

  private drop(line: Line): void {
    this.lines.delete(line);
    line.client.destroy();
    line.upstream.destroy();
  }

  private reset(): void {
    for (const { client, upstream } of this.lines) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    this.lines.clear();
  }
}
