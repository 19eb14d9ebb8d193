import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { until } from './faults/probes.js';
import { TcpProxy } from './proxy.js';

/** A server that answers everything with its own name in front. */
const echo = async (name: string): Promise<Server> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', (data) => socket.write(`${name}:${data.toString()}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const ANSWERS_MS = 10_000;
const SILENT_MS = 150;

/** What comes back on a connection, or undefined if nothing does in time. */
const ask = async (socket: Socket, text: string, withinMs = ANSWERS_MS): Promise<string | undefined> => {
  const answer = once(socket, 'data', { signal: AbortSignal.timeout(withinMs) }).then(
    ([data]: Buffer[]) => data?.toString(),
    () => undefined,
  );
  socket.write(text);
  return answer;
};
const isSilent = async (socket: Socket, text: string): Promise<boolean> => (await ask(socket, text, SILENT_MS)) === undefined;
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.once('close', () => resolve()));

let servers: Server[];
let proxy: TcpProxy;
let heard: string[];
const client = async (): Promise<Socket> => {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

beforeEach(async () => {
  servers = [await echo('one'), await echo('two')];
  heard = [];
  servers[0]?.on('connection', (socket: Socket) => socket.on('data', (data) => heard.push(data.toString())));
  proxy = await TcpProxy.before(portOf(servers[0] as Server));
});
afterEach(async () => {
  await proxy.stop();
  for (const server of servers) server.close();
});

it('hands on what both say', async () => expect(await ask(await client(), 'a')).toBe('one:a'));

it.each([
  ['requests', ['before']],
  ['answers', ['before', 'lost']],
  ['both', ['before']],
] as const)('loses %s, and what was on its way never comes, though new connections work again', async (swallow, atServer) => {
  const old = await client();
  await ask(old, 'before');
  proxy.silence({ swallow });
  expect(await isSilent(old, 'lost')).toBe(true);
  expect(await isSilent(await client(), 'nobody hears')).toBe(true);
  expect(heard.filter((text) => text !== 'nobody hears')).toEqual(atServer);
  proxy.restore();
  expect(await isSilent(old, 'again')).toBe(true);
  expect(old.destroyed).toBe(false);
  expect(proxy.dumb).toBe(2);
  expect(await ask(await client(), 'b')).toBe('one:b');
});

it('falls silent on those alone that have said a name', async () => {
  const [named, other] = [await client(), await client()];
  await ask(named, 'I am inquest-reviewer');
  proxy.silence({ swallow: 'both', of: 'inquest-reviewer' });
  expect(await isSilent(named, 'a')).toBe(true);
  expect(await ask(other, 'b')).toBe('one:b');
});

it('tells nobody of a good-bye while it is silent, and both of it afterwards', async () => {
  const leaving = await client();
  await ask(leaving, 'a');
  const connection = proxy.healthy;
  proxy.silence();
  const left = closed(leaving);
  leaving.destroy();
  await left;
  expect(connection).toBe(1);
  expect(await connections(servers[0] as Server)).toBe(1);
  proxy.restore();
  await until('the server has heard of it', async () => (await connections(servers[0] as Server)) === 0);
});

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

it('resets everybody while it is cut', async () => {
  const old = await client();
  await ask(old, 'a');
  const reset = closed(old);
  proxy.cut();
  await reset;
  await closed(connect(proxy.port, '127.0.0.1').on('error', () => undefined));
  proxy.restore();
  expect(await ask(await client(), 'b')).toBe('one:b');
});

it('leads to another server, and ends what led to the first', async () => {
  const old = await client();
  await ask(old, 'a');
  const reset = closed(old);
  proxy.switchTo(portOf(servers[1] as Server));
  await reset;
  expect(await ask(await client(), 'b')).toBe('two:b');
});
