import type { Rig } from '../rig.js';
import type { Fault } from './fault.js';
import { last, type Pace } from './pace.js';
import { superuser } from './postgres.js';

const unavailable = ({ disks }: Rig): string | undefined => ('unavailable' in disks ? disks.unavailable : undefined);

/** Full disks. PostgreSQL refuses to grow a table on one and goes on; without room for its log it gives up altogether. */
export const diskFaults = (pace: Pace): readonly Fault[] => [
  {
    name: 'disk of the tables full',
    victims: ['postgres'],
    unavailable,
    run: async ({ disks }, _victim, random) => {
      if ('unavailable' in disks) throw new Error(disks.unavailable);
      try {
        await disks.tables.fill();
        await last(pace.stillMs, random);
      } finally {
        await disks.tables.free();
      }
    },
  },
  {
    name: 'disk of the log full',
    victims: ['postgres'],
    unavailable,
    run: async (rig, _victim, random) => {
      const { disks, postgres } = rig;
      if ('unavailable' in disks) throw new Error(disks.unavailable);
      try {
        await disks.log.fill();
        await useUpTheLog(rig);
        await last(pace.downMs, random);
      } finally {
        await disks.log.free();
      }
      // It may have given up for good or try to recover still; an operator who has made room starts it anew in either case.
      await postgres.kill();
      await postgres.restart();
    },
  },
];

const GIVES_UP_WITHIN_MS = 30_000;

/** Segments made in advance still take writes. Closes one after the other until the next cannot be made, which PostgreSQL does not survive. */
const useUpTheLog = async (rig: Rig): Promise<void> => {
  const end = performance.now() + GIVES_UP_WITHIN_MS;
  const panicked = superuser(rig, async (client) => {
    while (performance.now() < end) {
      await client.query("SELECT pg_logical_emit_message(false, 'crash', 'x')");
      await client.query('SELECT pg_switch_wal()');
    }
    throw new StillWritingError();
  });
  await panicked.catch((error: unknown) => {
    if (error instanceof StillWritingError) throw error;
  });
};

/** The log's disk was not full after all. */
class StillWritingError extends Error {
  override readonly name = 'StillWritingError';

  constructor() {
    super(`PostgreSQL still wrote its log ${GIVES_UP_WITHIN_MS} ms after the disk was filled; look at the size of max_wal_size.`);
  }
}
