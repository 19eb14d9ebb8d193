import { DiagnosisReport, evidenceItems } from '@inquest/contracts';
import fc from 'fast-check';
import { diagnose } from './index.js';
import {
  event,
  failed,
  incident,
  insights,
  json,
  log,
  metric,
  nothing,
  pod,
  rdsEvent,
  snapshot,
  step,
  text,
} from './testing/builders.js';

const WEB = 'web-7f9dd8b6c4-x7gr9';
const OOM = pod(WEB, false, {
  containers: [
    {
      name: 'web',
      ready: false,
      restart_count: 6,
      state: { waiting: true, reason: 'CrashLoopBackOff', message: 'last terminated: reason=OOMKilled, exit_code=137' },
    },
  ],
});
const calm = ['CPUUtilization', 'DatabaseConnections', 'ReadIOPS', 'WriteIOPS', 'ReadLatency'].map((name) =>
  metric(name, [30, 31, 29, 33, 30, 28, 31, 32, 30, 29, 31, 30]),
);

const healthy = (...args: Parameters<typeof diagnose>) => {
  const { report } = diagnose(...args);
  return { healthy: report.healthy, sure: report.confidence >= 0.8, blamed: report.hypotheses.length > 0 };
};
const FINE = { healthy: true, sure: true, blamed: false };

describe('a healthy system', () => {
  it('is recognised by a passed health check', () =>
    expect(
      healthy(
        snapshot(pod(WEB, true)),
        incident('Scheduled Health Check', { labels: { state: 'normal' }, description: 'Periodic health check passed.' }),
      ),
    ).toEqual(FINE));

  it('is recognised by an alert that always fires', () =>
    expect(healthy(snapshot(), incident('Watchdog', { description: 'This alert is always firing.' }))).toEqual(FINE));

  it('is recognised when everything runs and somebody merely asks for logs', () =>
    expect(
      healthy(snapshot(pod(WEB, true), log(WEB, 'INFO GET / 200 3ms')), incident('Fetch the logs for deployment web')),
    ).toEqual(FINE));

  it('is recognised when a single old restart is all there is', () =>
    expect(
      healthy(
        snapshot(
          pod(WEB, true, { containers: [{ name: 'web', ready: true, restart_count: 1, state: { running: true } }] }),
          json('kubernetes', { deployments: [{ name: 'web', desired: 1, ready: 1 }] }),
          json('alerts', { monitors: [{ name: 'errors', overall_state: 'OK' }] }),
          event(
            `Pod/${WEB}`,
            'BackOff',
            'Back-off restarting failed container web (single transient restart, has since recovered)',
            1,
          ),
          log(WEB, 'INFO POST /pay 200 71ms'),
        ),
        incident('Pod restarted', { labels: { alertname: 'KubernetesPodRestarting', kube_deployment: 'web' } }),
      ),
    ).toEqual(FINE));

  it('is recognised when a database’s metrics are noisy but within bounds', () =>
    expect(
      healthy(
        snapshot(...calm, rdsEvent('Automated backup completed.'), insights('SELECT 1', 'CPU:user', 1)),
        incident('Connections elevated on orders-prod', { labels: { alertname: 'RDSConnections' }, service: 'orders-prod' }),
      ),
    ).toEqual(FINE));

  it('is recognised when storage was short and has been extended', () =>
    expect(
      healthy(
        snapshot(
          ...calm,
          metric('FreeStorageSpace', [3e10, 1e10, 5e9, 3e9, 2e9, 1e11, 2e11, 2e11, 2e11, 2e11, 2e11, 2e11]),
          rdsEvent('free storage space is low', '2026-03-27T10:04:00Z'),
          rdsEvent('Storage autoscaling completed for orders-prod.', '2026-03-27T10:06:00Z'),
        ),
        incident('Low storage on orders-prod', { labels: { alertname: 'RDSLowStorage' }, service: 'orders-prod' }),
      ),
    ).toEqual(FINE));

  it('is not claimed when a person says that something is wrong', () =>
    expect(diagnose(snapshot(pod(WEB, true), log(WEB, 'INFO GET / 200 3ms')), incident('Why is web slow?')).report).toMatchObject(
      { healthy: false, abstained: true },
    ));
});

describe('an unanswerable incident', () => {
  it('is left open when there is no evidence', () =>
    expect(diagnose(snapshot(), incident('AppDown', { description: 'The application is down' })).report).toMatchObject({
      healthy: false,
      abstained: true,
      hypotheses: [],
    }));

  it('is left open when all tools failed, and says which', () => {
    const { report } = diagnose(snapshot(failed('kubernetes', 'get pods'), failed('metrics', 'query')), incident('AppDown'));
    expect(report).toMatchObject({ healthy: false, abstained: true });
    expect(report.missingEvidence).toHaveLength(2);
  });

  it('is left open when only documentation was found', () =>
    expect(
      diagnose(
        snapshot(text('history', 'Typical causes: OOMKilled, ImagePullBackOff, connection refused', { kind: 'runbook' })),
        incident('AppDown'),
      ).report.abstained,
    ).toBe(true));

  it('is not answered from the alert’s own words', () =>
    expect(
      diagnose(
        snapshot(nothing('logs', 'logs')),
        incident('Pod OOMKilled', { description: 'container was OOMKilled with exit code 137' }),
      ).report.abstained,
    ).toBe(true));
});

describe('competing causes', () => {
  it('make a crash loop the symptom of a memory kill', () => {
    const { report, findings } = diagnose(
      snapshot(OOM, event(`Pod/${WEB}`, 'BackOff', 'Back-off restarting failed container')),
      incident('web crash looping'),
    );
    expect(report.hypotheses[0]?.faultType).toBe('oom_killed');
    expect(findings.candidates.find(({ hypothesis }) => hypothesis.faultType === 'crash_loop')?.explainedBy).toBe('oom_killed');
  });

  it('make CPU load the symptom of lock waits', () => {
    const { report } = diagnose(
      snapshot(metric('CPUUtilization', step(20, 90)), insights('UPDATE a SET b = 1', 'Lock:tuple')),
      incident('orders-prod is slow'),
    );
    expect(report.hypotheses[0]?.faultType).toBe('locks');
  });

  it('ignore what is broken elsewhere', () => {
    const table = text(
      'kubernetes',
      'NAME  READY  STATUS  RESTARTS  AGE\nother-7c67c65579-hr4wn  0/1  ImagePullBackOff  0  6d\nweb-7f9dd8b6c4-x7gr9  0/1  Pending  0  1m',
    );
    const { report } = diagnose(
      snapshot(table, event(`Pod/${WEB}`, 'FailedScheduling', '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.')),
      incident('web not available', { service: 'web' }),
    );
    expect(report.hypotheses[0]?.faultType).toBe('insufficient_resources');
  });

  it('ignore a metric of another database', () => {
    const { report } = diagnose(
      snapshot(metric('CPUUtilization', step(20, 95), 'other-prod'), ...calm),
      incident('Slow on orders-prod', { service: 'orders-prod' }),
    );
    expect(report.hypotheses.map(({ faultType }) => faultType)).not.toContain('cpu_saturation');
  });

  it('ignore a recalled cause that the evidence does not show', () => {
    const recalled = text('history', 'root cause: configmap "web-config" not found', { trusted: false });
    const { report } = diagnose(
      snapshot(recalled, event(`Pod/${WEB}`, 'Failed', 'Failed to pull image "web:v9": not found')),
      incident('web not starting'),
    );
    expect(report.hypotheses.map(({ faultType }) => faultType)).toEqual(['image_pull_backoff']);
  });

  it('ignore an event that was over long before', () => {
    const { report } = diagnose(
      snapshot(
        metric('ReplicaLag', step(5, 900), 'orders-prod-replica-1'),
        rdsEvent('Multi-AZ failover has been initiated', '2026-03-27T04:00:00Z'),
      ),
      incident('Lag on orders-prod'),
    );
    expect(report.hypotheses[0]?.faultType).toBe('replication_lag');
  });
});

describe('confidence', () => {
  const of = (...pieces: Parameters<typeof snapshot>) =>
    diagnose(snapshot(...pieces), incident('web crash looping')).report.confidence;

  it('rises with a second kind of evidence', () =>
    expect(of(OOM, log(WEB, 'FATAL out of memory: Killed process 1'))).toBeGreaterThan(of(OOM)));

  it('never rises because a tool failed or found nothing', () => {
    const alone = of(OOM);
    expect(of(OOM, failed('metrics', 'top pods'))).toBeLessThanOrEqual(alone);
    expect(of(OOM, nothing('logs', 'logs'))).toBeLessThanOrEqual(alone);
  });
});

const word = fc.constantFrom(
  'OOMKilled',
  'Name:  x',
  'ERROR',
  'connection refused',
  '{"a":',
  '0/1 nodes are available: 1 Insufficient cpu',
  'ReplicaLag',
  'exceeded quota',
  '├─ q (s) - 9ms',
  '\u0000',
  '\ud800',
  '  '.repeat(40),
  'Events:',
  'a-1-b-2',
  'image "',
  ': : :',
  '<none>',
  'apiVersion: v1\nkind: Pod',
);
const body = fc
  .array(fc.oneof(word, fc.string({ unit: 'binary' })), { maxLength: 30 })
  .map((parts) => parts.join(fc.stringify(parts).length % 2 === 0 ? '\n' : ' '));
const piece = fc.record({
  dimension: fc.constantFrom('alerts', 'metrics', 'logs', 'traces', 'topology', 'kubernetes', 'changes', 'history' as const),
  item: fc.record(
    {
      id: fc.string({ minLength: 1, maxLength: 10 }),
      status: fc.constantFrom('ok', 'no-data', 'error', 'denied', 'truncated'),
      title: fc.string({ maxLength: 60 }),
      text: body,
      json: fc.oneof(
        fc.jsonValue(),
        fc.record({
          label: fc.constantFrom('CPUUtilization', 'ReplicaLag', 'x'),
          timestamps: fc.array(fc.string()),
          values: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
        }),
        fc.record({
          pods: fc.array(
            fc.record({ name: fc.string(), phase: fc.constantFrom('Running', 'Pending'), containers: fc.array(fc.jsonValue()) }),
          ),
        }),
        fc.record({ top_sql: fc.array(fc.jsonValue()), db_load: fc.jsonValue() }),
      ),
    },
    { requiredKeys: ['id', 'status', 'title'] },
  ),
});

describe('any evidence whatever', () => {
  it('gives a valid report that cites only what is there, the same each time', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.string({ minLength: 1, maxLength: 200 }), (pieces, title) => {
        const evidence = snapshot(...(pieces as Parameters<typeof snapshot>));
        const about = incident(title);
        const first = diagnose(evidence, about);
        expect(DiagnosisReport.safeParse(first.report).error).toBeUndefined();
        const ids = new Set(evidenceItems(evidence).map(({ item }) => item.id));
        for (const { evidenceIds, refutedBy } of first.report.hypotheses)
          for (const id of [...evidenceIds, ...refutedBy]) expect(ids).toContain(id);
        expect(diagnose(evidence, about)).toEqual(first);
      }),
      { numRuns: 150 },
    );
  });

  it('is read in linear time, even when it is made to be slow', () => {
    const hostile = [
      ' '.repeat(60_000),
      'a'.repeat(60_000),
      'image "'.repeat(8_000),
      '- '.repeat(30_000),
      '0/'.repeat(30_000),
      'environment variable '.repeat(2_800),
      'x: '.repeat(20_000),
      '{"a":'.repeat(12_000),
      '[A-'.repeat(20_000),
    ];
    const started = performance.now();
    diagnose(
      snapshot(
        ...hostile.map((attack) => log(WEB, attack)),
        ...hostile.map((attack) => text('kubernetes', `Name: x\n${attack}`)),
      ),
      incident('web is slow'),
    );
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
