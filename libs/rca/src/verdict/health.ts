import type { Finding } from '../diagnosis.js';
import type { PatternName } from '../facts/patterns.js';
import { shapeOf } from '../facts/shape.js';
import { quote, tidy } from '../facts/text.js';
import { found } from '../rules/rule.js';
import type { Scene } from '../scene.js';

export interface Health {
  signs: Finding[];
  /** How sure one may be that nothing is wrong now, if no cause was found. */
  confidence: number;
  summary: string;
}

const RECOVERY =
  /rolled back|rollback successful|has recovered|recovered\b|restored to|autoscaling completed|no further restarts|back to normal|stable on|resolved|is available\b|heartbeat ok|health(?:y|_check[^.]{0,20}ok)/i;

/** Log lines of a program that serves: they speak for health when none speaks against it. */
const TROUBLE: readonly PatternName[] = [
  'error_level',
  'exception',
  'refused',
  'unreachable',
  'dns',
  'oom_killed',
  'crash_loop',
  'gateway_error',
  'credentials',
  'disk_full',
  'too_many_connections',
  'certificate',
];

const BAD_WHEN_HIGH: [RegExp, number, number][] = [
  // Metric, level from which it is bad, ratio to the start from which it is suspect.
  [/cpuutilization$/, 75, 3],
  [/replicalag$/, 30, 20],
  [/(?:read|write|commit)latency$/, Number.POSITIVE_INFINITY, 3],
  [/diskqueuedepth$/, 5, 5],
  [/databaseconnections$/, Number.POSITIVE_INFINITY, 2],
  [/swapusage$/, 1e9, 3],
  [/(?:read|write)iops$/, Number.POSITIVE_INFINITY, 3],
  [/transactionlogsgeneration$/, Number.POSITIVE_INFINITY, 3],
  [/dbload$/, Number.POSITIVE_INFINITY, 3],
  [/(?:error|5xx|failure|restart)/, Number.POSITIVE_INFINITY, 2],
];
const BAD_WHEN_LOW = /free(?:storagespace|ablememory|localstorage)$|burstbalance$/;

/** Series of the incident's own instance that end away from where they should be. */
const unrest = (scene: Scene): string[] =>
  scene.series.flatMap((series) => {
    if (series.values.length < 3) return [];
    const shape = shapeOf(series);
    const low = BAD_WHEN_LOW.test(series.metric) && shape.tail < shape.head * 0.4;
    const rule = BAD_WHEN_HIGH.find(([metric]) => metric.test(series.metric));
    const high = rule !== undefined && (shape.tail >= rule[1] || (shape.tail > shape.head * rule[2] && shape.z > 6));
    const stopped = /iops$|throughput$|connections$/.test(series.metric) && shape.tail < shape.head * 0.2 && shape.head > 1;
    return low || high || stopped ? [`${series.name} ${tidy(shape.head)} → ${tidy(shape.tail)}`] : [];
  });

const podsSign = (scene: Scene): Finding[] => {
  const pods = scene.pods.filter(({ ready }) => ready !== undefined);
  if (pods.length === 0 || pods.some(({ ready }) => ready === false)) return [];
  const restarts = pods.filter((pod) => pod.restarts > 0);
  const history =
    restarts.length === 0
      ? 'no restart'
      : `${restarts
          .map((pod) => `${pod.name}: ${pod.restarts}`)
          .slice(0, 3)
          .join(', ')} restart(s) in the past and not currently restarting`;
  return [
    found(
      'pods_ready',
      pods[0]?.workload ?? '',
      `all ${pods.length} pods are Running and Ready (${history})`,
      pods.flatMap(({ ids }) => ids),
    ),
  ];
};

const workloadsSign = (scene: Scene): Finding[] => {
  const own = scene.facts.workloads.filter(({ name, namespace }) => scene.relevance(name, namespace) >= 0);
  if (own.length === 0 || own.some(({ desired, ready }) => ready < desired)) return [];
  return [
    found(
      'workloads_available',
      own[0]?.name ?? '',
      `${own
        .slice(0, 3)
        .map(({ name, ready, desired }) => `${name} ${ready}/${desired}`)
        .join(', ')} available`,
      own.flatMap(({ ids }) => ids),
    ),
  ];
};

const nodesSign = ({ facts }: Scene): Finding[] =>
  facts.nodes.length > 0 && facts.nodes.every(({ ready, pressures }) => ready === 'True' && pressures.length === 0)
    ? [
        found(
          'nodes_ready',
          '',
          `all ${facts.nodes.length} nodes are Ready without pressure`,
          facts.nodes.flatMap(({ ids }) => ids),
        ),
      ]
    : [];

const monitorsSign = ({ facts }: Scene): Finding[] =>
  facts.monitors.length > 0 && facts.monitors.every(({ state }) => /^ok$/i.test(state))
    ? [
        found(
          'monitors_ok',
          '',
          `all ${facts.monitors.length} monitors are OK`,
          facts.monitors.map(({ id }) => id),
        ),
      ]
    : [];

const logsSign = (scene: Scene): Finding[] => {
  const lines = scene.facts.lines.filter(
    ({ source, id, subject }) => source === 'log' && id !== '' && scene.relevance(subject) >= 0,
  );
  const trouble = scene.sightings.some(
    ({ pattern, past, sources }) => !past && sources.includes('log') && TROUBLE.includes(pattern),
  );
  const empty = scene.facts.gaps.filter(({ why, title }) => why === 'no data' && /\berror|fatal|exception|warn/i.test(title));
  const health =
    lines.find(({ text }) => /health/i.test(text)) ??
    lines.find(({ text }) => /\b200\b|started|ready|ok\b/i.test(text)) ??
    lines[0];
  return [
    ...(lines.length > 0 && !trouble && health !== undefined
      ? [
          found(
            'logs_clean',
            health.subject,
            `the logs show normal work and no errors, e.g. “${quote(health.text, 120)}”`,
            lines.map(({ id }) => id),
          ),
        ]
      : []),
    ...(empty.length > 0 && !trouble
      ? [
          found(
            'no_error_lines',
            '',
            'a search for error lines found none',
            empty.map(({ id }) => id),
          ),
        ]
      : []),
  ];
};

const recoverySign = (scene: Scene): Finding[] => {
  const line = scene.facts.lines.find(
    ({ text, id }) => id !== '' && RECOVERY.test(text) && !/not recovered|unresolved|until recovered/i.test(text),
  );
  return line === undefined ? [] : [found('recovered', line.subject, `“${quote(line.text, 200)}”`, [line.id])];
};

const eventsSign = (scene: Scene): Finding[] => {
  const events = scene.facts.lines.filter(
    ({ source, id, subject }) => source === 'event' && id !== '' && scene.relevance(subject) >= 0,
  );
  const trouble = scene.sightings.some(
    ({ past, sources, subject }) => !past && sources.includes('event') && scene.relevance(subject) >= 0,
  );
  const none = scene.facts.gaps.filter(({ why, title }) => why === 'no data' && /event/i.test(title));
  if (trouble || (events.length === 0 && none.length === 0)) return [];
  return [
    found('events_benign', '', 'no event reports a failure that lasts', [
      ...events.map(({ id }) => id),
      ...none.map(({ id }) => id),
    ]),
  ];
};

const calmSign = (scene: Scene): Finding[] => {
  const own = scene.series.filter(({ values }) => values.length >= 3);
  if (own.length < 3 || unrest(scene).length > 0) return [];
  return [
    found(
      'metrics_calm',
      own[0]?.subject ?? '',
      `${own.length} metrics end within their normal range`,
      own.map(({ id }) => id),
    ),
  ];
};

const WORTH: Record<string, number> = {
  pods_ready: 0.12,
  workloads_available: 0.06,
  nodes_ready: 0.04,
  monitors_ok: 0.08,
  logs_clean: 0.08,
  no_error_lines: 0.08,
  events_benign: 0.06,
  recovered: 0.1,
  metrics_calm: 0.22,
};

const MOOD_WORTH = { 'all-clear': 0.34, inquiry: 0.15, alert: -0.06, asserted: -0.35 } as const;

/** Collects what says that nothing is wrong now. It only counts where no cause stands. */
export const healthOf = (scene: Scene): Health => {
  const signs = [
    ...podsSign(scene),
    ...workloadsSign(scene),
    ...nodesSign(scene),
    ...monitorsSign(scene),
    ...logsSign(scene),
    ...eventsSign(scene),
    ...recoverySign(scene),
    ...calmSign(scene),
  ];
  const kinds = new Set(signs.map(({ kind }) => kind));
  const unreadyPods = scene.pods.some(({ ready }) => ready === false);
  const alarmed = scene.facts.monitors.some(({ state }) => /alert|alarm|triggered|critical/i.test(state));
  const restless = unrest(scene);
  const sum =
    0.6 +
    [...kinds].reduce((total, kind) => total + (WORTH[kind] ?? 0), 0) +
    MOOD_WORTH[scene.mood] -
    (unreadyPods ? 0.4 : 0) -
    (alarmed ? 0.25 : 0) -
    (restless.length > 0 ? 0.3 : 0);
  const silent = kinds.size === 0 && scene.mood !== 'all-clear';
  const watchdog = /watchdog|always (?:be )?firing|deadman/i.test(scene.text);
  const over = scene.sightings
    .filter(({ past, ids }) => past && ids.length > 0)
    .slice(0, 2)
    .map(({ text }) => quote(text, 180));
  return {
    signs,
    confidence: silent ? 0 : Math.round(Math.min(0.97, Math.max(0, sum)) * 100) / 100,
    summary:
      (watchdog
        ? 'Healthy: this alert is designed to be always firing; it proves that the alerting pipeline works and is no issue.'
        : 'Healthy: there is no active fault and no failure now; the signals are normal' +
          (kinds.has('recovered') ? ' and what happened has recovered.' : '.')) +
      (over.length > 0 ? ` What was reported is over: ${over.map((text) => `“${text}”`).join(' ')}.` : '') +
      (signs.length > 0 ? ` ${signs.map(({ statement }) => statement).join('; ')}.` : ''),
  };
};
