import { quote, tidy } from '../facts/text.js';
import { findingOf, type Scene } from '../scene.js';
import { databaseOf, measured, said, topStatement, waitShare, type Measured } from './database-view.js';
import { componentOf, found, fromSightings, type Draft, type Rule } from './rule.js';

const evidence = ({ series, shape }: Measured) =>
  found(
    'metric',
    series.subject,
    `${series.name} went from ${tidy(shape.head)} to ${tidy(shape.tail)} ${series.unit} (max ${tidy(shape.max)})`,
    [series.id],
  );

const told = (scene: Scene, ...patterns: Parameters<Scene['seen']>) =>
  scene.seen(...patterns).filter(({ ids, subject }) => ids.length > 0 && scene.relevance(subject) >= 0);

const base = (
  over: Partial<Draft> & Pick<Draft, 'rule' | 'faultType' | 'component' | 'cause' | 'base' | 'support' | 'wouldRefute'>,
): Draft => ({
  category: 'resource_exhaustion',
  refute: [],
  explains: [],
  relevance: 1,
  ...over,
});

const isHot = (cpu: Measured): boolean => (cpu.shape.max <= 1.5 ? cpu.shape.tail >= 0.8 : cpu.shape.tail >= 80);

/** A processor at its limit, and the statement that keeps it there. */
export const cpuSaturation: Rule = (scene) => {
  const cpu = measured(scene, 'cpuutilization', 'cpuusagepercent', 'cpupercent', 'cpuusage');
  if (cpu === undefined || !isHot(cpu)) return [];
  const query = topStatement(scene, /^CPU/i) ?? topStatement(scene);
  const reads = measured(scene, 'readiops', 'readthroughput');
  const component = cpu.series.subject || databaseOf(scene);
  const scans = query !== undefined && (reads?.shape.tail ?? 0) > (reads?.shape.head ?? 0) * 2;
  return [
    base({
      rule: 'cpu-saturation',
      faultType: 'cpu_saturation',
      component,
      cause:
        `CPU saturation: ${component} runs at ${tidy(cpu.shape.tail)} % CPU (from ${tidy(cpu.shape.head)} %).` +
        `${query === undefined ? '' : ` Most of the load is the query ${said(query)}${scans ? ', which reads far more than before: a full table scan, probably a missing index' : ', an expensive query with a bad plan or a missing index'}.`}`,
      base: query === undefined ? 0.7 : 0.8,
      support: [
        evidence(cpu),
        ...(query === undefined ? [] : [found('statement', query.instance, `top statement ${said(query)}`, [query.id])]),
        ...(reads !== undefined && reads.shape.tail > reads.shape.head * 2 ? [evidence(reads)] : []),
      ],
      wouldRefute: ['CPU near its usual level', 'load spread over many statements as always (a traffic spike instead)'],
      explains: [
        'slow_query',
        'io_saturation',
        'anomaly',
        'probe_failure',
        'gateway_errors',
        'slow_dependency',
        'cpu_throttling',
      ],
    }),
  ];
};

/** Sessions that wait for each other. */
export const locks: Rule = (scene) => {
  const waits = waitShare(scene, /^(?:Lock|LWLock:lock_manager|synch\/.*lock|transactionid|tuple)/i);
  const seen = told(scene, 'lock_contention');
  if (waits.share < 0.4 && seen.length === 0) return [];
  const query = topStatement(scene, /Lock/i);
  const component = scene.facts.waits.length > 0 ? databaseOf(scene) : componentOf(seen[0]?.subject ?? '', scene);
  return [
    base({
      rule: 'locks',
      faultType: 'locks',
      component,
      cause:
        `Lock contention on ${component}: ${waits.names.length > 0 ? `${Math.round(waits.share * 100)} % of the load waits for ${waits.names.join(', ')}` : 'transactions block each other'}.` +
        `${query === undefined ? '' : ` Blocked: ${said(query)}.`}${seen.length > 0 ? ` “${quote(seen[0]?.text ?? '', 200)}”` : ''} A long or idle transaction holds the lock.`,
      base: waits.share >= 0.4 ? 0.74 : 0.66,
      support: [
        ...(waits.names.length > 0 ? [found('wait_events', component, `waits for ${waits.names.join(', ')}`, waits.ids)] : []),
        ...seen.slice(0, 4).map(findingOf),
      ],
      wouldRefute: ['no session blocked by another in pg_locks'],
      explains: [
        'cpu_saturation',
        'connection_exhaustion',
        'slow_query',
        'anomaly',
        'log_errors',
        'gateway_errors',
        'vacuum_debt',
      ],
    }),
  ];
};

/** Checkpoints or other bursts of writing that leave no input/output for queries. */
export const checkpointStorm: Rule = (scene) => {
  const seen = told(scene, 'checkpoint');
  const waits = waitShare(scene, /Checkpoint|WALSync|WALWrite|BufFileWrite|DataFileFlush|DataFileSync/i);
  if (seen.length === 0 && waits.share < 0.3) return [];
  const writes = measured(scene, 'writeiops');
  const component = databaseOf(scene);
  return [
    base({
      rule: 'checkpoint-storm',
      faultType: 'checkpoint_storm',
      component,
      cause:
        `Checkpoint storm on ${component}: checkpoints come too often and flush in bursts${writes === undefined ? '' : ` (write IOPS ${tidy(writes.shape.head)} → ${tidy(writes.shape.max)})`}` +
        `${waits.names.length > 0 ? `, ${Math.round(waits.share * 100)} % of the load waits for ${waits.names.join(', ')}` : ''}.${seen.length > 0 ? ` “${quote(seen[0]?.text ?? '', 200)}”` : ''} CPU and latency rise as a consequence.`,
      base: seen.length > 0 ? 0.78 : 0.66,
      support: [
        ...seen.slice(0, 4).map(findingOf),
        ...(waits.names.length > 0 ? [found('wait_events', component, `waits for ${waits.names.join(', ')}`, waits.ids)] : []),
        ...(writes === undefined ? [] : [evidence(writes)]),
      ],
      wouldRefute: ['checkpoints started by time alone, at their usual pace'],
      explains: ['cpu_saturation', 'io_saturation', 'slow_query', 'anomaly', 'locks'],
    }),
  ];
};

/** Storage that answers slowly: a queue, latencies, a burst budget used up. */
export const ioSaturation: Rule = (scene) => {
  const queue = measured(scene, 'diskqueuedepth', 'queuedepth');
  const latency = [measured(scene, 'writelatency'), measured(scene, 'readlatency')].find(
    (entry) => entry !== undefined && entry.shape.tail > entry.shape.head * 4 && entry.shape.z > 6,
  );
  const credits = measured(scene, 'burstbalance', 'ebsiobalance', 'ebsbytebalance', 'cpucreditbalance');
  const spent = credits !== undefined && credits.shape.tail < 10 && credits.shape.tail < credits.shape.head;
  const queued = queue !== undefined && queue.shape.tail >= 5 && queue.shape.tail > queue.shape.head * 3;
  const seen = told(scene, 'io_limit');
  if (latency === undefined && !spent && !queued && seen.length === 0) return [];
  const component = databaseOf(scene);
  const parts = [latency, queued ? queue : undefined, spent ? credits : undefined].filter((entry) => entry !== undefined);
  return [
    base({
      rule: 'io-saturation',
      faultType: 'io_saturation',
      component,
      cause: `Storage of ${component} is at its input/output limit: ${parts.map(({ series, shape }) => `${series.name} ${tidy(shape.head)} → ${tidy(shape.tail)}`).join(', ')}${seen.length > 0 ? ` “${quote(seen[0]?.text ?? '', 160)}”` : ''}.`,
      base: 0.62 + 0.06 * parts.length,
      support: [...parts.map(evidence), ...seen.slice(0, 3).map(findingOf)],
      wouldRefute: ['latency back at its level with the same IOPS'],
      explains: ['slow_query', 'anomaly', 'gateway_errors'],
    }),
  ];
};

/** Memory of an instance that runs out and spills into swap. */
export const memoryPressure: Rule = (scene) => {
  const free = measured(scene, 'freeablememory', 'memoryavailable');
  const swap = measured(scene, 'swapusage');
  const short = free !== undefined && free.shape.tail < free.shape.head * 0.25;
  const swapping = swap !== undefined && swap.shape.tail > 5e8 && swap.shape.tail > swap.shape.head * 3;
  if (!short && !swapping) return [];
  const component = databaseOf(scene);
  const parts = [short ? free : undefined, swapping ? swap : undefined].filter((entry) => entry !== undefined);
  return [
    base({
      rule: 'memory-pressure',
      faultType: 'memory_pressure',
      component,
      cause: `${component} runs out of memory${swapping ? ' and swaps' : ''}: ${parts.map(({ series, shape }) => `${series.name} ${tidy(shape.head)} → ${tidy(shape.tail)} ${series.unit}`).join(', ')}.`,
      base: 0.68,
      support: parts.map(evidence),
      wouldRefute: ['freeable memory at its usual level'],
      explains: ['io_saturation', 'low_memory', 'anomaly', 'slow_query'],
    }),
  ];
};

/** Dead rows, bloat, and the transaction counter running out. */
export const vacuumDebt: Rule = (scene) => {
  const xid = measured(scene, 'maximumusedtransactionids');
  const near = xid !== undefined && xid.shape.tail > 1.5e9;
  const drafts = fromSightings(scene, told(scene, 'vacuum'), {
    rule: 'vacuum',
    category: 'resource_exhaustion',
    faultType: 'vacuum_debt',
    base: near ? 0.82 : 0.58,
    wouldRefute: ['few dead rows and a recent autovacuum'],
    explains: ['slow_query', 'cpu_saturation'],
    cause: (first) =>
      `Vacuum falls behind on ${databaseOf(scene)} (dead rows, bloat or transaction ids): “${quote(first.text, 220)}”.`,
  });
  if (drafts.length > 0 || !near) return drafts;
  return [
    base({
      rule: 'vacuum',
      faultType: 'vacuum_debt',
      component: databaseOf(scene),
      cause: `${databaseOf(scene)} has used ${tidy(xid.shape.tail)} transaction ids without vacuum: it nears the wraparound limit of 2.1G.`,
      base: 0.8,
      support: [evidence(xid)],
      wouldRefute: ['an age of the oldest transaction far below autovacuum_freeze_max_age'],
    }),
  ];
};
