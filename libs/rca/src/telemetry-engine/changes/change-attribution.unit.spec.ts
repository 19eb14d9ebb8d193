import { diagnoseTelemetry } from '../diagnose-telemetry.js';
import type { CommitEvidence, TelemetryEvidence } from '../telemetry-evidence.js';
import { noEvidence, step } from '../testing/builders.js';

const AT = 300;

const commit = (id: string, given: Partial<CommitEvidence>): CommitEvidence => ({
  id,
  atSeconds: AT - 900,
  message: '',
  files: [],
  diff: '',
  ...given,
});

const GUILTY = commit('guilty', {
  message: 'simplify coupon lookup',
  files: ['billing/coupon.ts'],
  diff: '-  const coupon = coupons.find(code) ?? NO_COUPON;\n+  const coupon = coupons.find(code);\n+  return coupon.discount;',
});
const LATEST = commit('latest', {
  atSeconds: AT - 60,
  message: 'restyle header',
  files: ['web/header.css'],
  diff: '-  padding: 4px;',
});
const TLS = commit('tls', {
  message: 'tidy tls handshake options',
  diff: '-  tls: { certificate, handshake: true }\n+  tls: { certificate }',
});

const incident = (
  lines: readonly string[],
  commits: readonly CommitEvidence[],
  given: Partial<TelemetryEvidence> = {},
): TelemetryEvidence => ({
  ...noEvidence(),
  alerts: [{ service: 'billing', metric: 'http_5xx_ratio', atSeconds: AT, summary: 'billing answers 500' }],
  series: [step('billing', 'http_5xx_ratio', 0.001, 0.6)],
  logs: {
    templates: lines.map((template) => ({ service: 'billing', level: 'ERROR', template, counts: [[AT, 20]] as const })),
    events: [],
  },
  changes: {
    commits,
    deploys: commits.map(({ id, atSeconds }) => ({
      atSeconds: atSeconds + 30,
      service: id === 'latest' ? 'web' : 'billing',
      commitId: id,
    })),
  },
  ...given,
});

const first = (evidence: TelemetryEvidence) => diagnoseTelemetry(evidence).changes[0];

it('blames the commit whose diff speaks of what fails, not the latest one', () => {
  const evidence = incident(['TypeError: coupon is undefined, reading discount of coupons lookup'], [GUILTY, LATEST]);
  expect(first(evidence)).toMatchObject({ id: 'guilty', faultType: 'bad_change' });
  expect(diagnoseTelemetry(evidence).ranked[0]).toMatchObject({ service: 'billing', faultType: 'bad_change' });
});

it('blames no commit that was made afterwards', () => {
  const late = { ...GUILTY, atSeconds: AT + 120 };
  expect(first(incident(['TypeError: coupon is undefined, reading discount of coupons lookup'], [late]))?.id).toBe('none');
});

it('says that no change did it when none fits', () => {
  expect(first(incident(['queue is full'], [LATEST]))?.id).toBe('none');
});

it.each([
  ['dns_failure', 'lookup bank.example.com on resolver: no such host; coredns answers SERVFAIL'],
  ['certificate_expired', 'tls handshake failed: certificate has expired'],
  ['dependency_unreachable', 'POST https://api.bank.example.com/charge returned 503'],
  ['malformed_data', "field 'amount' out of range in record_id=7; redelivering"],
])('recognises %s as nobody’s change, although a commit is near it', (faultType, line) => {
  expect(first(incident([line], [TLS, LATEST]))).toMatchObject({ id: 'none', faultType });
});

it('takes one name that does not resolve for a typo that somebody committed', () => {
  const typo = commit('typo', {
    message: 'move ledger endpoint',
    files: ['billing/ledger.yaml'],
    diff: '-  ledger: ledger-primary\n+  ledger: legder-primary',
  });
  expect(first(incident(['ledger endpoint: lookup legder-primary: no such host'], [typo]))?.id).toBe('typo');
});

it('takes more visitors for the cause only when no code breaks', () => {
  const surge = (lines: readonly string[]) =>
    incident(lines, [LATEST], {
      series: [step('billing', 'requests_per_sec', 100, 900), step('billing', 'http_5xx_ratio', 0.001, 0.6)],
    });
  expect(first(surge(['queue is full']))).toMatchObject({ id: 'none', faultType: 'traffic_spike' });
  expect(first(surge(['panic: concurrent map writes']))?.faultType).toBeUndefined();
});

it('says nothing of changes when nobody looked at them', () => {
  expect(diagnoseTelemetry({ ...incident(['queue is full'], []), changes: undefined }).changes).toEqual([]);
});
