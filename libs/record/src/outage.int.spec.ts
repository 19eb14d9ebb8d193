import { createServer, connect, type Server, type Socket } from 'node:net';
import { InvalidQueryError, isOutage, openRecord, RecordUnreachableError } from './index.js';
import { freshRecord, type FreshRecord } from './testing/fixtures.spec.js';

let fresh: FreshRecord;
beforeAll(async () => (fresh = await freshRecord()));
afterAll(() => fresh.close());

/** Stands before PostgreSQL and can fall silent without closing anything, as a stopped process does. */
const freezer = async (url: string) => {
  const target = new URL(url);
  const { hostname: host } = target;
  const port = Number(target.port);
  const sockets: Socket[] = [];
  const server: Server = createServer((client) => {
    const upstream = connect(port, host);
    sockets.push(client, upstream);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('close', () => upstream.destroy()).pipe(upstream);
    upstream.on('close', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The freezer has no port.');
  target.hostname = '127.0.0.1';
  target.port = String(address.port);
  return {
    url: target.href,
    freeze: () => sockets.forEach((socket) => socket.pause()),
    thaw: () => sockets.forEach((socket) => socket.resume()),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

const outcome = async (work: Promise<unknown>): Promise<unknown> => {
  const startedMs = Date.now();
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(Date.now() - startedMs).toBeLessThan(20_000);
  return error;
};

it('does not wait for a database that has stopped, and goes on when it is back', async () => {
  const proxy = await freezer(fresh.applicationUrl);
  const record = await openRecord(proxy.url, { max: 1, onError: () => undefined });
  try {
    await Promise.all([record.ping(), record.flags.get()]);
    proxy.freeze();
    const errors = await Promise.all([outcome(record.ping()), outcome(record.flags.get())]);
    expect(errors.map(isOutage)).toEqual([true, true]);
    proxy.thaw();
    await record.ping();
    await record.flags.get();
  } finally {
    await record.close();
    proxy.close();
  }
}, 30_000);

it('asks no connection twice that did not answer, though the database is back', async () => {
  const proxy = await freezer(fresh.applicationUrl);
  const record = await openRecord(proxy.url, { max: 2, onError: () => undefined });
  try {
    await Promise.all([record.flags.get(), record.flags.get()]);
    proxy.freeze(); // For good: only connections made after this work.
    const errors = await Promise.all([outcome(record.flags.get()), outcome(record.flags.get())]);
    expect(errors.map(isOutage)).toEqual([true, true]);
    await record.flags.get();
  } finally {
    await record.close();
    proxy.close();
  }
}, 30_000);

it('names PostgreSQL and its variable when it cannot be opened, and never the variable’s value', async () => {
  const nobody = await freezer(fresh.applicationUrl);
  nobody.close();
  const url = new URL(nobody.url);
  url.password = 'hunter2hunter2';
  for (const wrong of [url.href, 'postgres://user:hunter2hunter2@[bad']) {
    const error = await outcome(openRecord(wrong));
    expect(error).toBeInstanceOf(RecordUnreachableError);
    expect(String(error)).toMatch(/PostgreSQL .*DATABASE_URL/);
    expect(JSON.stringify(error) + String(error) + String(error instanceof Error && error.stack)).not.toContain('hunter2');
  }
  expect(isOutage(await outcome(openRecord(url.href)))).toBe(true);
});

it('tells an outage from a fault of what was asked', async () => {
  const refused = await outcome(fresh.record.sessions.events('not-a-uuid'));
  expect(refused).toMatchObject({ code: '22P02' });
  expect(isOutage(refused)).toBe(false);
  expect(isOutage(new InvalidQueryError('spec'))).toBe(false);
  expect(isOutage(Object.assign(new Error('spec'), { code: '57P01' }))).toBe(true);
});
