import type { KnownFault } from '../fault-types.js';
import { quote } from '../facts/text.js';
import { found, fromSightings, timesSeen, type Rule } from './rule.js';

const CRASH: readonly KnownFault[] = ['crash_loop', 'rollout_stuck', 'no_endpoints', 'log_errors', 'gateway_errors'];

/** The program itself fails: an exception, a missing module, a statement the database cannot read. */
export const codeDefect: Rule = (scene) => [
  ...fromSightings(scene, scene.seen('module_missing'), {
    rule: 'module-missing',
    category: 'code_defect',
    faultType: 'module_missing',
    base: 0.76,
    wouldRefute: ['the module present in the image'],
    explains: [...CRASH, 'code_exception'],
    cause: (first) =>
      `${first.subject || 'The program'} misses a module or library that it was built to load: “${quote(first.text, 220)}”.`,
  }),
  ...fromSightings(scene, scene.seen('query_error'), {
    rule: 'query-error',
    category: 'code_defect',
    faultType: 'query_error',
    base: 0.66,
    wouldRefute: ['the same statement succeeding after a schema change'],
    explains: CRASH,
    cause: (first, all) => {
      const others = scene.seen('constraint', 'certificate', 'unreachable').filter(({ subject }) => subject === first.subject);
      const also =
        others.length === 0
          ? ''
          : ` Its log also shows: ${others
              .slice(0, 3)
              .map(({ text }) => `“${quote(text, 140)}”`)
              .join('; ')}.`;
      return `${first.subject || 'The program'} sends statements that the database rejects (syntax error, ${timesSeen(all)} times): “${quote(first.text, 220)}”.${also}`;
    },
  }),
  ...fromSightings(
    scene,
    scene.seen('exception').filter(({ sources }) => sources.some((source) => source === 'log')),
    {
      rule: 'exception',
      category: 'code_defect',
      faultType: 'code_exception',
      base: 0.58,
      wouldRefute: ['the exception caused by a dependency or a setting named in the same log'],
      explains: CRASH,
      cause: (first, all) =>
        `${first.subject || 'The program'} fails with an unhandled error (${timesSeen(all)} times): “${quote(first.text, 240)}”.`,
    },
  ),
];

/** Data that breaks rules: constraints, formats, schemas. */
export const dataQuality: Rule = (scene) => [
  ...fromSightings(scene, scene.seen('constraint'), {
    rule: 'constraint',
    category: 'data_quality',
    faultType: 'constraint_violation',
    base: 0.6,
    wouldRefute: ['writes of the same key by one writer only'],
    explains: ['log_errors'],
    cause: (first, all) =>
      `${first.subject || 'The program'} writes rows that violate a unique or other constraint (${timesSeen(all)} times): “${quote(first.text, 220)}”.`,
  }),
  ...fromSightings(
    scene,
    scene.seen('data_format').filter(({ sources }) => sources.includes('log')),
    {
      rule: 'data-format',
      category: 'data_quality',
      faultType: 'malformed_data',
      base: 0.5,
      wouldRefute: ['the same input accepted before'],
      explains: ['log_errors', 'code_exception'],
      cause: (first, all) =>
        `${first.subject || 'The program'} receives data it cannot read (${timesSeen(all)} times): “${quote(first.text, 220)}”.`,
    },
  ),
];

/** A schema change that did not finish, or that code and database disagree on. */
export const migration: Rule = (scene) => {
  const change = scene.facts.changes.find(({ text }) => /migrat|schema|tag|version|image/i.test(text));
  const drafts = fromSightings(scene, scene.seen('migration'), {
    rule: 'migration',
    category: 'configuration_error',
    faultType: 'migration_failed',
    base: 0.76,
    wouldRefute: ['the schema at the version that the code expects'],
    explains: [
      'crash_loop',
      'dependency_unreachable',
      'readiness_probe_failure',
      'probe_failure',
      'query_error',
      'gateway_errors',
      'log_errors',
      'code_exception',
      'locks',
    ],
    cause: (first) => {
      const refused = scene.seen('refused', 'unreachable')[0];
      return (
        `A database migration blocks ${first.subject || 'the database'}: “${quote(first.text, 200)}”.` +
        `${change === undefined ? '' : ` It came with the change to ${change.object}: ${quote([...change.removed.map((text) => `-${text}`), ...change.added.map((text) => `+${text}`)].join(' '), 200)}.`}` +
        `${refused === undefined ? '' : ` Callers see “${quote(refused.text, 140)}”.`}`
      );
    },
  });
  if (change === undefined) return drafts;
  return drafts.map((draft) => ({
    ...draft,
    support: [...draft.support, found('change', change.object, quote(change.text, 200), [change.id])],
  }));
};

/** Two versions that cannot talk to each other. */
export const versionMismatch: Rule = (scene) =>
  fromSightings(scene, scene.seen('version_mismatch'), {
    rule: 'version-mismatch',
    category: 'configuration_error',
    faultType: 'version_mismatch',
    base: 0.7,
    wouldRefute: ['both sides at versions that are documented to work together'],
    explains: ['dependency_unreachable', 'crash_loop', 'code_exception', 'log_errors'],
    cause: (first) =>
      `${first.subject || 'The workload'} and a service it uses have incompatible versions: “${quote(first.text, 220)}”.`,
  });

/** Jobs that gave up. */
export const jobFailed: Rule = (scene) =>
  fromSightings(scene, scene.seen('job_failed'), {
    rule: 'job-failed',
    category: 'code_defect',
    faultType: 'job_failed',
    base: 0.55,
    wouldRefute: ['a later run of the job that completed'],
    explains: ['crash_loop'],
    cause: (first) => `Job ${first.subject} failed and ran out of retries: “${quote(first.text, 220)}”.`,
  });

/** A rollout that does not finish and nothing more precise says why. */
export const rolloutStuck: Rule = (scene) =>
  fromSightings(
    scene,
    scene
      .seen('rollout_stuck')
      .filter(({ subject }) => !scene.facts.workloads.some(({ name, desired, ready }) => name === subject && ready >= desired)),
    {
      rule: 'rollout-stuck',
      category: 'configuration_error',
      faultType: 'rollout_stuck',
      base: 0.52,
      wouldRefute: ['all replicas of the new revision available'],
      cause: (first) => `The rollout of ${first.subject || 'the workload'} does not finish: “${quote(first.text, 220)}”.`,
    },
  );

/** A disk that is full outside of a managed database. */
export const diskFull: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('disk_full').filter(({ sources }) => !sources.every((source) => source === 'alert')),
    {
      rule: 'disk-full',
      category: 'resource_exhaustion',
      faultType: 'disk_full',
      base: 0.85,
      wouldRefute: ['free space and free inodes on the volume'],
      explains: [
        'crash_loop',
        'probe_failure',
        'locks',
        'io_saturation',
        'log_errors',
        'dependency_unreachable',
        'code_exception',
        'anomaly',
        'cpu_saturation',
        'failover',
      ],
      cause: (first) => `${first.subject || 'The volume'} ran out of storage space (disk full): “${quote(first.text, 220)}”.`,
    },
  );

/** More demand than was planned for. */
export const trafficSpike: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('traffic_spike').filter(({ sources }) => !sources.every((source) => source === 'alert')),
    {
      rule: 'traffic-spike',
      category: 'resource_exhaustion',
      faultType: 'traffic_spike',
      base: 0.55,
      wouldRefute: ['requests per second at their usual level'],
      explains: ['slow_dependency', 'gateway_errors', 'anomaly'],
      cause: (first) => `${first.subject || 'The service'} gets more traffic than it can serve: “${quote(first.text, 200)}”.`,
    },
  );

/** Memory that runs short before anything is killed. */
export const lowMemory: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('low_memory').filter(({ sources }) => !sources.every((source) => source === 'alert')),
    {
      rule: 'low-memory',
      category: 'resource_exhaustion',
      faultType: 'low_memory',
      base: 0.6,
      wouldRefute: ['memory use flat and well below the limit'],
      cause: (first) => `${first.subject || 'The process'} runs short of memory: “${quote(first.text, 200)}”.`,
    },
  );

/** Errors in a log that no other rule has a name for: honest, and weak. */
export const logErrors: Rule = (scene) =>
  fromSightings(
    scene,
    scene
      .seen('error_level')
      .filter(({ sources, text }) => sources.includes('log') && !/error[_ ]?(?:rate|count)[=: ]{1,3}0\b|0 errors/i.test(text)),
    {
      rule: 'log-errors',
      category: 'unknown',
      faultType: 'log_errors',
      base: 0.38, // Alone it is not enough for a diagnosis.
      wouldRefute: ['the same errors in the log of a healthy replica'],
      cause: (first, all) =>
        `${first.subject || 'The workload'} logs errors (${timesSeen(all)} times), the most telling: “${quote(first.text, 240)}”.`,
    },
  );
