import type { KnownFault } from '../fault-types.js';
import { quote, tidy, unique } from '../facts/text.js';
import { findingOf, type Scene } from '../scene.js';
import { connectionLimit, databaseOf, measured, said, topStatement, topUser, waitShare, type Measured } from './database-view.js';
import { componentOf, found, timesSeen, type Draft, type Rule } from './rule.js';

const DATABASE_METRIC = /^(?:freestoragespace|databaseconnections|replicalag|commitlatency|writeiops|freeablememory)$/;

const isDatabase = (scene: Scene): boolean =>
  scene.series.some(({ metric }) => DATABASE_METRIC.test(metric)) ||
  scene.facts.queries.length > 0 ||
  scene.facts.waits.length > 0 ||
  /\brds\b|aurora|postgres|mysql|database|\bdb[-_ ]/i.test(scene.text);

const evidence = ({ series, shape }: Measured) =>
  found(
    'metric',
    series.subject,
    `${series.name} of ${series.subject || 'the instance'} went from ${tidy(shape.head)} to ${tidy(shape.tail)} ${series.unit} (min ${tidy(shape.min)}, max ${tidy(shape.max)})`,
    [series.id],
  );

const load = (scene: Scene, pattern: RegExp) => {
  const waits = waitShare(scene, pattern);
  return waits.names.length === 0
    ? []
    : [
        found(
          'wait_events',
          databaseOf(scene),
          `${Math.round(waits.share * 100)} % of database load waits for ${waits.names.join(', ')}`,
          waits.ids,
        ),
      ];
};

const told = (scene: Scene, ...patterns: Parameters<Scene['seen']>) =>
  scene.seen(...patterns).filter(({ ids, subject }) => ids.length > 0 && scene.relevance(subject) >= 0);

const statementFinding = (scene: Scene, waits?: RegExp) => {
  const query = topStatement(scene, waits);
  return query === undefined ? [] : [found('statement', query.instance, `top statement ${said(query)}`, [query.id])];
};

const draft = (
  over: Partial<Draft> & Pick<Draft, 'rule' | 'faultType' | 'component' | 'cause' | 'base' | 'support' | 'wouldRefute'>,
): Draft => ({
  category: 'resource_exhaustion',
  refute: [],
  explains: [],
  relevance: 1,
  ...over,
});

/** A replica that cannot replay the write-ahead log as fast as the primary writes it. */
export const replicationLag: Rule = (scene) => {
  const lag = measured(scene, 'replicalag', 'replicationlag', 'auroralreplicalag', 'secondsbehindmaster');
  const events = told(scene, 'replication_lag');
  const high = lag !== undefined && lag.shape.tail >= 60 && lag.shape.tail >= lag.shape.head;
  if (!high && events.length === 0) return [];
  const wal = measured(scene, 'transactionlogsgeneration', 'walgeneration', 'walbytes');
  const cpu = measured(scene, 'cpuutilization');
  const writes = measured(scene, 'writeiops');
  const writer = topStatement(scene, /^WAL|Write|XLog/i) ?? topStatement(scene);
  const reader = topStatement(scene, /^CPU/i);
  const primary = databaseOf(scene);
  const replica = lag?.series.subject ?? events[0]?.subject ?? `${primary} replica`;
  const walRose = wal !== undefined && wal.shape.tail > wal.shape.head * 2;
  const independent = cpu !== undefined && cpu.shape.tail >= 60 && reader !== undefined && reader !== writer;
  const over = scene.sightings.find(({ pattern, past }) => past && pattern === 'failover');
  return [
    draft({
      rule: 'replication-lag',
      faultType: 'replication_lag',
      component: replica,
      cause:
        `Replication lag: replica ${replica} is ${high ? `${tidy(lag.shape.last)} s` : 'far'} behind primary ${primary}` +
        ` because a write-heavy workload generates WAL faster than the replica can replay it` +
        `${walRose ? ` (WAL from ${tidy(wal.shape.head)} to ${tidy(wal.shape.tail)} ${wal.series.unit}` : ' ('}${writes === undefined ? '' : `${walRose ? ', ' : ''}write IOPS ${tidy(writes.shape.head)} → ${tidy(writes.shape.tail)}`}).` +
        `${writer === undefined ? '' : ` Driver: ${said(writer)}${topUser(scene) === '' ? '' : ` by ${topUser(scene)}`}.`}` +
        `${events.length > 0 ? ` Events: “${quote(events.at(-1)?.text ?? '', 180)}”` : ''}` +
        `${independent ? ` CPU at ${tidy(cpu.shape.max)} % comes from ${said(reader)}: causally independent of the replication lag.` : ''}` +
        `${over === undefined ? '' : ` The earlier failover (“${quote(over.text, 100)}”) was over before and does not explain it.`}`,
      base: high ? 0.86 : 0.76,
      support: [
        ...(lag === undefined ? [] : [evidence(lag)]),
        ...(walRose ? [evidence(wal)] : []),
        ...(writes !== undefined && writes.shape.tail > writes.shape.head * 2 ? [evidence(writes)] : []),
        ...events.slice(0, 4).map(findingOf),
        ...load(scene, /^WAL/i),
        ...statementFinding(scene, /^WAL|Write/i),
      ],
      refute: lag !== undefined && lag.shape.tail < 30 ? [evidence(lag)] : [],
      wouldRefute: ['write-ahead log generation at its usual level while lag grows', 'a replica that is stopped or resyncing'],
      explains: ['cpu_saturation', 'io_saturation', 'anomaly', 'checkpoint_storm', 'slow_query'],
    }),
  ];
};

/** Sessions near the limit: a leak, or more clients than were planned for. */
export const connectionExhaustion: Rule = (scene) => {
  const connections = measured(scene, 'databaseconnections', 'numbackends', 'pgstatactivitycount', 'threadsconnected');
  const limit = connectionLimit(scene);
  const events = told(scene, 'too_many_connections');
  const last = connections?.shape.last ?? 0;
  const near = limit !== undefined && last >= limit * 0.9;
  const grown = connections !== undefined && connections.shape.tail >= Math.max(50, connections.shape.head * 2.5);
  if (!near && events.length === 0 && !grown) return [];
  const idle = waitShare(scene, /ClientRead|idle/i);
  const database =
    isDatabase(scene) && connections !== undefined ? databaseOf(scene) : componentOf(events[0]?.subject ?? '', scene);
  const cpu = measured(scene, 'cpuutilization');
  return [
    draft({
      rule: 'connection-exhaustion',
      faultType: 'connection_exhaustion',
      component: database,
      cause:
        `Connection exhaustion on ${database}: ${connections === undefined ? 'no connection slot or pool entry is left' : `${tidy(connections.shape.head)} → ${tidy(last)} connections${limit === undefined ? '' : ` of at most ${limit}`}`}.` +
        `${idle.share > 0.3 ? ` ${Math.round(idle.share * 100)} % of the load are idle sessions that wait for their client (${idle.names.join(', ')}): a connection pool leak in the application is the root cause.` : ''}` +
        `${cpu !== undefined && cpu.shape.tail >= 70 ? ` CPU at ${tidy(cpu.shape.tail)} % follows from that many connections and is no cause of its own.` : ''}` +
        `${events.length > 0 ? ` “${quote(events.at(-1)?.text ?? '', 200)}” (seen ${timesSeen(events)} times).` : ''}`,
      base: near || events.length > 0 ? 0.84 : 0.6,
      support: [
        ...(connections === undefined ? [] : [evidence(connections)]),
        ...events.slice(0, 4).map(findingOf),
        ...load(scene, /ClientRead|idle/i),
      ],
      refute: connections !== undefined && limit !== undefined && last < limit * 0.75 ? [evidence(connections)] : [],
      wouldRefute: ['free connection slots at the time of the errors', 'sessions that are all active on slow statements'],
      explains: [
        'cpu_saturation',
        'dependency_unreachable',
        'gateway_errors',
        'log_errors',
        'anomaly',
        'locks',
        'slow_query',
        'io_saturation',
      ],
    }),
  ];
};

/** The instance's own storage ran out. */
export const storageFull: Rule = (scene) => {
  if (!isDatabase(scene)) return [];
  const free = measured(scene, 'freestoragespace', 'freelocalstorage');
  const events = told(scene, 'disk_full');
  const out = free !== undefined && (free.shape.tail < 2e9 || free.shape.tail < free.shape.head * 0.08);
  const grown = free !== undefined && free.shape.last > free.shape.min * 3 && free.shape.last > 5e9;
  if ((!out && events.length === 0) || grown) return [];
  const latency = measured(scene, 'writelatency');
  const iops = measured(scene, 'writeiops');
  const database = databaseOf(scene);
  return [
    draft({
      rule: 'storage-full',
      faultType: 'storage_full',
      component: database,
      cause:
        `Storage full: ${database} ran out of storage space, so writes are blocked` +
        `${free === undefined ? ' (the FreeStorageSpace metric itself is missing)' : ` (free storage ${tidy(free.shape.head)} → ${tidy(free.shape.last)} bytes)`}` +
        `${iops === undefined ? '' : `; write IOPS ${tidy(iops.shape.head)} → ${tidy(iops.shape.last)}`}${latency === undefined ? '' : `, write latency up to ${tidy(latency.shape.max)}`}.` +
        `${
          events.length > 0
            ? ` Events: ${unique(events.map(({ text }) => `“${quote(text, 140)}”`))
                .slice(0, 3)
                .join(' ')}`
            : ''
        }` +
        `${topStatement(scene) === undefined ? '' : ` Writers such as ${said(topStatement(scene, /Lock|Write/i) ?? topStatement(scene))} wait.`}`,
      base: events.length > 0 ? 0.88 : 0.8,
      support: [
        ...(free === undefined ? [] : [evidence(free)]),
        ...events.slice(0, 4).map(findingOf),
        ...(latency !== undefined && latency.shape.tail > latency.shape.head * 3 ? [evidence(latency)] : []),
        ...(iops !== undefined && iops.shape.tail < iops.shape.head * 0.3 ? [evidence(iops)] : []),
      ],
      wouldRefute: ['free storage above a tenth of what is allocated'],
      explains: [
        'locks',
        'io_saturation',
        'cpu_saturation',
        'disk_full',
        'anomaly',
        'dependency_unreachable',
        'connection_exhaustion',
        'checkpoint_storm',
        'log_errors',
      ],
    }),
  ];
};

/** What metrics show while an instance is away. */
const OUTAGE_SYMPTOMS: readonly KnownFault[] = ['replication_lag', 'io_saturation', 'cpu_saturation'];

/** A standby took over. */
export const failover: Rule = (scene) => {
  const events = told(scene, 'failover', 'host_failure');
  if (events.length === 0) return [];
  const connections = measured(scene, 'databaseconnections');
  const gap = connections !== undefined && connections.shape.min <= connections.shape.head * 0.1;
  const database = isDatabase(scene) ? databaseOf(scene) : (events[0]?.subject ?? 'the database');
  const story = scene.facts.lines.filter(
    ({ text, id }) => events.some(({ ids }) => ids.includes(id)) && /failover|available|restart|recovery|standby/i.test(text),
  );
  return [
    draft({
      rule: 'failover',
      category: 'infrastructure',
      faultType: 'failover',
      component: database,
      cause:
        `A Multi-AZ failover of ${database} interrupted connections${gap ? ` (connections fell from ${tidy(connections.shape.head)} to ${tidy(connections.shape.min)} and came back)` : ''}. ` +
        `The RDS events are the primary evidence source: failover initiated, failover in progress, failover completed, instance available: ${story
          .slice(0, 4)
          .map(({ text }) => `“${quote(text, 140)}”`)
          .join(' ')}` +
        `${gap && connections.shape.last > connections.shape.head * 0.7 ? ' The workload resumed normally afterwards.' : ''}`,
      base: gap ? 0.9 : 0.7,
      support: [...events.slice(0, 6).map(findingOf), ...(gap ? [evidence(connections)] : [])],
      refute: connections !== undefined && !gap ? [evidence(connections)] : [],
      wouldRefute: ['connections that dropped before the failover began', 'a failover that somebody asked for'],
      explains: [
        'dependency_unreachable',
        'connection_exhaustion',
        'anomaly',
        'gateway_errors',
        'log_errors',
        'node_not_ready',
        ...(gap ? OUTAGE_SYMPTOMS : []),
      ],
    }),
  ];
};
