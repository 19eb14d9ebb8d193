import { event, json, log, pod, text } from '../testing/builders.js';
import { expected, said, WEB, type Case } from '../testing/recognise.js';

const cases: Case[] = [
  [
    'an expired certificate',
    'web handshake errors',
    'configuration_error',
    'certificate_expired',
    ['expired'],
    [log(WEB, 'ERROR x509: certificate has expired or is not yet valid')],
  ],
  [
    'a refused database',
    'web errors',
    'dependency_failure',
    'dependency_unreachable',
    ['postgres-db', 'refused'],
    [
      pod(WEB, true),
      pod('postgres-db-0', false),
      log(WEB, ...Array.from({ length: 3 }, () => 'ERROR dial tcp postgres-db:5432: connect: connection refused')),
    ],
  ],
  [
    'rejected credentials',
    'web cannot log in',
    'configuration_error',
    'credentials_rejected',
    ['password'],
    [log(WEB, 'FATAL: password authentication failed for user "web"')],
  ],
  [
    'an exception',
    'web crash looping',
    'code_defect',
    'code_exception',
    ['NullPointerException'],
    [pod(WEB, false), log(WEB, 'Exception in thread "main" java.lang.NullPointerException at Cart.total(Cart.java:12)')],
  ],
  [
    'a missing module',
    'web crash looping',
    'code_defect',
    'module_missing',
    ['express'],
    [log(WEB, "Error: Cannot find module 'express'")],
  ],
  [
    'a full disk',
    'writer fails',
    'resource_exhaustion',
    'disk_full',
    ['No space left'],
    [log(WEB, 'ERROR write /data/a: No space left on device')],
  ],
  [
    'a migration that blocks',
    'web 503',
    'configuration_error',
    'migration_failed',
    ['migration'],
    [log('db-0', 'FATAL: could not obtain migration lock; another migration is in progress')],
  ],
  [
    'a job out of retries',
    'job backup failed',
    'code_defect',
    'job_failed',
    ['backup'],
    [event('Job/backup', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')],
  ],
  [
    'a split cluster',
    'is rabbitmq healthy?',
    'infrastructure',
    'cluster_partition',
    ['partition'],
    [json('kubernetes', { data: { network_partitions_detected: true, nodes: [{ node: 'rabbit@rabbitmq-0', running: false }] } })],
  ],
  [
    'consumers that lag',
    'orders topic is behind',
    'resource_exhaustion',
    'consumer_lag',
    ['lag'],
    [log('worker-5d4f5b6c7d-abcd2', 'WARN consumer lag is 120344 on orders-0 and growing')],
  ],
  [
    'a changed setting that the failure speaks of',
    'web errors',
    'configuration_error',
    'bad_change',
    ['upstream-timeout'],
    [
      text('changes', 'flux Kustomization/web\n--- web/values.yaml\n-  upstream-timeout: 30s\n+  upstream-timeout: 0s'),
      log(WEB, 'ERROR request aborted after upstream-timeout 0s'),
    ],
  ],
  [
    'a slow query seen in a trace',
    'checkout is slow',
    'dependency_failure',
    'slow_query',
    ['fraud', 'query'],
    [
      text(
        'traces',
        '├─ POST /checkout (web) - 7000.00ms (span_id=a)\n  ├─ check (fraud) - 6500.00ms (span_id=b)\n    ├─ postgres.query (fraud) - 6300.00ms (span_id=c)\n    │    db.statement: SELECT * FROM banned',
      ),
    ],
  ],
];

describe('the rules for dependencies and code', () => {
  it.each(cases)('recognise %s', (...failure) => expect(said(failure)).toEqual(expected(failure)));
});
