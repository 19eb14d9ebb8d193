import type { Service } from '@inquest/standalone';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { OOM_KILLED } from '../support/incidents.js';
import { System } from '../support/system.js';
import { History } from './history.js';
import { Observer } from './observer.js';
import { judge, quiesce } from './oracle.js';
import { Doubler } from './planted/doubler.js';
import type { Kind } from './rules/index.js';
import { findingsOf, type Verdict } from './verdict.js';

/** How long each answer takes: long enough to be killed in the middle of it. */
const THINKING_MS = 500;
const DEBATES = 6;
const QUIET_WITHIN_MS = 40_000;
/** Longer than a peer needs to take over, so that nobody has to be answered for. */
const PATIENT = { INQUEST_TURN_MS: '12000', INQUEST_DEBATE_MS: '25000' };
/** So long that whoever waits for the end of the session waits longer than an oracle allows. */
const BRISK = { INQUEST_TURN_MS: '5000', INQUEST_DEBATE_MS: '6000' };

const Receipt = z.object({ results: z.array(z.object({ incidentId: z.string(), sessionId: z.string() })).min(1) });

interface Plant {
  readonly bug: string;
  readonly into: Service;
  /** How many of its two replicas get it. */
  readonly replicas: 1 | 2;
  /** What exposes it, where ordinary debates do not. */
  readonly fault?: 'kill' | 'double';
  readonly limits?: Readonly<Record<string, string>>;
  readonly kind: Kind;
  readonly rule: string;
}

/** In this order, because a plant stays where it is while the next ones are tried: each breaks a rule of its own. */
const PLANTS: readonly Plant[] = [
  { bug: 'acknowledge-before-publish', into: 'solver', replicas: 1, fault: 'kill', kind: 'lost', rule: 'peer-takes-over' },
  { bug: 'dedupe-by-delivery', into: 'solver', replicas: 2, fault: 'double', kind: 'doubled', rule: 'supersession-is-explained' },
  { bug: 'release-before-commit', into: 'recorder', replicas: 2, kind: 'unsafe', rule: 'recorded-before-released' },
  { bug: 'process-memory-fan-in', into: 'coordinator', replicas: 2, limits: BRISK, kind: 'stuck', rule: 'last-answer-decides' },
];

describe('an oracle over real processes, two of each', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({
      model: true,
      replicas: { ...TWICE, single: 0 },
      env: PATIENT,
      bundled: false,
    });
    system.model?.script('*', { kind: 'sensible', firstByteMs: THINKING_MS });
  }, 120_000);
  afterAll(() => system.stop());

  it('finds nothing where no bug is planted, whatever is done to them', async () => {
    expect(findingsOf(await drill(system, { kill: true, double: true }))).toEqual([]);
  }, 90_000);

  it.each(PLANTS)(
    '$kind: finds by $rule that somebody planted $bug',
    async (plant) => {
      await sow(system, plant);
      const verdict = await drill(system, { kill: plant.fault === 'kill', double: plant.fault === 'double' });
      expect(verdict[plant.kind].map(({ rule }) => rule)).toContain(plant.rule);
    },
    90_000,
  );
});

const sow = async ({ processes }: System, { bug, into, replicas, limits }: Plant): Promise<void> => {
  const module = pathToFileURL(join(process.cwd(), `test/crash/planted/${bug}.mjs`)).href;
  const replaced = Array.from({ length: replicas }, (_, index) =>
    processes.restart(into, index, { NODE_OPTIONS: `--import ${module}` }),
  );
  await Promise.all([...replaced, ...(limits ? [processes.restart('gateway', 0, limits)] : [])]);
};

const TWICE = { recorder: 2, solver: 2, coordinator: 2 } as const;

/** Some debates, harmed as asked; judged are those alone. */
const drill = async (system: System, faults: { readonly kill: boolean; readonly double: boolean }): Promise<Verdict> => {
  const sinceMs = Date.now();
  const history = new History();
  const observer = await Observer.start(system, history);
  const doubler = faults.double ? new Doubler(system.redisUrl, 'solver') : undefined;
  const sessions = await Promise.all(Array.from({ length: DEBATES }, () => accept(system, history)));
  if (faults.kill) {
    await Promise.all(sessions.map((sessionId) => system.heard(sessionId, 'diagnosis.reported')));
    const fromMs = Date.now();
    await system.processes.kill('solver', 0);
    await system.processes.restart('solver', 0);
    history.fault({ name: 'SIGKILL', victim: 'solver', fromMs, toMs: Date.now() });
  }
  await quiesce(system, history, QUIET_WITHIN_MS);
  await doubler?.stop();
  await observer.stop();
  return judge(system, history, { sinceMs, replicas: TWICE });
};

const accept = async (system: System, history: History): Promise<string> => {
  const idempotencyKey = randomUUID();
  const incident = {
    source: 'planted',
    fingerprint: idempotencyKey,
    title: 'checkout-api restarts',
    startsAt: new Date().toISOString(),
    severity: 'critical',
  };
  const response = await system.request('/v1/incidents', {
    method: 'POST',
    headers: { 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ incident, evidence: OOM_KILLED }),
  });
  if (response.status !== 202) throw new Error(`expected 202, got ${response.status}: ${await response.text()}`);
  const [receipt] = Receipt.parse(await response.json()).results;
  if (!receipt) throw new Error('a receipt without an incident');
  history.accepted({ ...receipt, idempotencyKey, atMs: Date.now() });
  return receipt.sessionId;
};
