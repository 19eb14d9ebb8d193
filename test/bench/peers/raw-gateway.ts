import type { Redis } from 'ioredis';
import type { Contender, Running } from '../contender.js';
import type { BenchServers } from '../servers.js';
import { startProcesses } from './processes.js';
import { INPUTS, RECORDED, RECORDER } from './raw-roles.js';
import { Incidents, Tables } from './record.js';
import {
  acknowledge,
  add,
  type Batch,
  type Command,
  connectStreams,
  consume,
  createGroup,
  RELEASED,
  sendAll,
  streamOf,
} from './streams.js';
import { Waiting } from './waiting.js';
import { message, newSession, read, ROLES } from './work.js';

const GATEWAY = 'gateway';

/** What Redis Streams and PostgreSQL allow: shared streams that live for ever, everything batched, nothing checked, nobody replaced. */
export const rawContender = ({ gated, ...names }: { key: string; title: string; gated: boolean }): Contender => ({
  ...names,
  start: (servers) => start(names.key, gated, servers),
});

const start = async (peer: string, gated: boolean, servers: BenchServers): Promise<Running> => {
  const waiting = new Waiting();
  const reader = await connectStreams(servers.redisUrl, waiting.fail);
  const writer = await connectStreams(servers.redisUrl, waiting.fail);
  const tables = await Tables.create(servers.databaseUrl, waiting.fail);
  const incidents = gated ? await Incidents.open(servers.databaseUrl, waiting.fail) : undefined;
  const decisions = gated ? RELEASED : streamOf('decision');
  for (const role of ROLES) await createGroup(writer, INPUTS[role], role);
  for (const stream of RECORDED) await createGroup(writer, stream, RECORDER);
  await createGroup(writer, decisions, GATEWAY);
  const processes = await startProcesses(peer, [...ROLES, RECORDER], servers, waiting.fail);

  const outbox = new Outbox(writer, waiting.fail);
  const stopping = new AbortController();
  const handOut = (batches: readonly Batch[]): void => {
    for (const batch of batches) {
      for (const { payload } of batch.entries) waiting.handOut(read(payload));
      outbox.put(acknowledge(batch, GATEWAY));
    }
  };
  const listening = consume(reader, GATEWAY, [decisions], handOut, stopping.signal).catch(waiting.fail);

  return {
    debate: () => {
      const session = newSession();
      return waiting.until(session, async () => {
        const incident = message(session, 'incident');
        await incidents?.add(session, incident);
        outbox.put(add(streamOf('incident'), session, 'incident', incident));
      });
    },
    rows: () => tables.rows(),
    pids: () => [process.pid, ...processes.pids],
    stop: async () => {
      await processes.stop();
      stopping.abort();
      reader.disconnect();
      await listening;
      writer.disconnect();
      await incidents?.close();
      await tables.close();
    },
  };
};

/** What is said in one turn of the loop goes out together. */
class Outbox {
  private commands: Command[] = [];
  private timer: NodeJS.Immediate | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  put(command: Command): void {
    this.commands.push(command);
    this.timer ??= setImmediate(() => this.flush());
  }

  private flush(): void {
    this.timer = undefined;
    sendAll(this.redis, this.commands.splice(0)).catch(this.onFault);
  }
}
