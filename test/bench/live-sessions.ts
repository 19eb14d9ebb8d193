import { STREAM_OPTIONS } from '@inquest/agent';
import { emptySnapshot } from '@inquest/contracts';
import { openRecord } from '@inquest/record';
import { closeRedis, connectRedis, SessionStreams } from '@inquest/streams';
import { randomUUID } from 'node:crypto';
import type { BenchServers } from './servers.js';

const HOUR_MS = 3_600_000;
const AT_ONCE = 200;

/**
 * Sessions that have been opened and wait: each has its incident, its open session, its stream with all groups, its first message and
 * its deadline, an hour away. Nobody is asked anything.
 */
export const openIdleSessions = async (servers: BenchServers, count: number): Promise<void> => {
  const record = await openRecord(servers.databaseUrl, { name: 'bench-live' });
  const redis = connectRedis(servers.redisUrl, { name: 'bench-live' });
  const streams = new SessionStreams(redis, STREAM_OPTIONS);
  const open = async (): Promise<void> => {
    const fingerprint = randomUUID();
    const startsAt = new Date().toISOString();
    const { sessionId } = await record.incidents.accept({
      incident: {
        source: 'bench',
        fingerprint,
        title: 'It waits',
        description: '',
        startsAt,
        severity: 'info',
        labels: {},
        annotations: {},
      },
      evidence: emptySnapshot(),
      path: 'debate',
      limits: { turnMs: HOUR_MS / 6, debateMs: HOUR_MS },
    });
    await streams.publish({
      sessionId,
      key: 'gateway:1:opened',
      type: 'session.opened',
      role: 'gateway',
      body: 'x'.repeat(2_000),
      to: [],
      opens: true,
      deadlineInMs: HOUR_MS,
    });
  };
  for (let opened = 0; opened < count; opened += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - opened) }, open));
  await closeRedis(redis);
  await record.close();
};
