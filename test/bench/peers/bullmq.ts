import { FlowProducer, QueueEvents } from 'bullmq';
import { z } from 'zod';
import type { Contender, Running } from '../contender.js';
import type { BenchServers } from '../servers.js';
import { COMMITTED, connectionOf, firstFlow } from './bullmq-roles.js';
import { Gate } from './gate.js';
import { startProcesses } from './processes.js';
import { Incidents, Recorder, Tables } from './record.js';
import { connectStreams } from './streams.js';
import { Waiting } from './waiting.js';
import { message, newSession, read, ROLES, type Role } from './work.js';

/** BullMQ as it is meant to be used; each process records what it says, and nobody waits for that. */
export const bullmq: Contender = {
  key: 'bullmq',
  title: 'BullMQ, promising nothing',
  start: (servers) => start('bullmq', false, servers),
};

/**
 * The same with Inquest's two promises. Jobs still do not wait for their rows: each process says which of them are committed, and the
 * gateway keeps a decision to itself until it has been told of all.
 */
export const bullmqGated: Contender = {
  key: 'bullmqGated',
  title: 'BullMQ',
  start: (servers) => start('bullmqGated', true, servers),
};

const start = async (peer: string, gated: boolean, servers: BenchServers): Promise<Running> => {
  const waiting = new Waiting();
  const tables = await Tables.create(servers.databaseUrl, waiting.fail);
  const incidents = gated ? await Incidents.open(servers.databaseUrl, waiting.fail) : undefined;
  const gate = new Gate(waiting.handOut);
  const connection = connectionOf(servers.redisUrl);

  const subscriber = gated ? await connectStreams(servers.redisUrl, waiting.fail) : undefined;
  await subscriber?.subscribe(COMMITTED);
  subscriber?.on('message', (_channel, sessions) => {
    for (const session of sessions.split(' ')) gate.committed(session);
  });
  const recorder = await Recorder.open(servers.databaseUrl, waiting.fail, (rows) => {
    if (gated) for (const { session } of rows) gate.committed(session);
  });

  const events = new QueueEvents('coordinator' satisfies Role, { connection });
  events.on('error', waiting.fail);
  events.on('completed', ({ returnvalue }) => {
    const decision = z.string().parse(returnvalue);
    const session = read(decision);
    if (gated) gate.decided(session, decision);
    else waiting.handOut(session);
  });
  const flows = new FlowProducer({ connection });
  flows.on('error', waiting.fail);
  await Promise.all([events.waitUntilReady(), flows.waitUntilReady()]);
  const processes = await startProcesses(peer, ROLES, servers, waiting.fail);

  return {
    debate: () => {
      const session = newSession();
      return waiting.until(session, async () => {
        const incident = message(session, 'incident');
        await incidents?.add(session, incident);
        recorder.add({ session, step: 'incident', payload: incident });
        await flows.add(firstFlow(session, incident));
      });
    },
    rows: () => tables.rows(),
    pids: () => [process.pid, ...processes.pids],
    stop: async () => {
      await processes.stop();
      await Promise.all([events.close(), flows.close(), recorder.close(), incidents?.close(), tables.close()]);
      subscriber?.disconnect();
    },
  };
};
