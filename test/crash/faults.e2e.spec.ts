import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { OOM_KILLED } from '../support/incidents.js';
import { faultsAt, type Fault, type Victim } from './faults/index.js';
import { Random } from './random.js';
import { startRig, type Rig } from './rig.js';

const STILL = Number(process.env['STILL'] ?? 2000);
const all = faultsAt({ stillMs: [STILL, STILL], downMs: [300, 300] }).filter(({ name }) =>
  new RegExp(process.env['ONLY'] ?? '.').test(name),
);
let rig: Rig;
const lost: string[] = [];
beforeAll(async () => {
  const t = Date.now();
  rig = await startRig({
    replicas: Number(process.env['REPLICAS'] ?? 1),
    redis: { appendOnly: true, shiftableClock: true },
    onLost: (name, how) => void lost.push(`${name} ${how}`),
    onLine: (name, line) => {
      if (process.env['LINES']) console.error(name, line.slice(0, 400));
    },
  });
  console.error('rig', Date.now() - t);
}, 120_000);
afterAll(async () => {
  const t = Date.now();
  await rig.stop();
  console.error('stop', Date.now() - t, lost);
}, 60_000);

const ready = async () => {
  const t = Date.now();
  let bad: string[] = [];
  for (;;) {
    bad = [];
    for (const s of ['recorder', 'diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'gateway'] as const)
      for (const url of rig.processes.urls(s)) {
        const text = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) }).then(
          async (r) => (r.ok ? '' : await r.text()),
          (e) => String(e),
        );
        if (text) bad.push(`${s} ${text}`);
      }
    if (bad.length === 0) return Date.now() - t;
    if (Date.now() - t > 60_000) throw new Error('not ready: ' + bad.join('\n'));
    await pause(50);
  }
};
const debate = async () => {
  const t = Date.now();
  for (;;) {
    const r = await rig
      .request('/v1/incidents', {
        method: 'POST',
        signal: AbortSignal.timeout(20_000),
        body: JSON.stringify({
          incident: {
            source: 'x',
            fingerprint: String(Math.random()),
            title: 'x',
            startsAt: new Date().toISOString(),
            severity: 'critical',
          },
          evidence: OOM_KILLED,
        }),
      })
      .catch((e) => ({ status: 0, json: async () => ({}), text: async () => String(e) }));
    const accepted = Date.now() - t;
    if (r.status !== 202) {
      console.error('status', r.status, (await r.text()).slice(0, 200));
      await pause(300);
      if (accepted > 40_000) throw new Error('not accepted');
      continue;
    }
    const { sessionId } = z.object({ sessionId: z.string() }).parse(await r.json());
    const c = new Client({ connectionString: rig.databaseUrl });
    await c.connect();
    try {
      for (;;) {
        const { rows } = await c.query('select type, degraded, agent_role from agent_sessions where session_id=$1 order by seq', [
          sessionId,
        ]);
        const ended = rows.some((x: any) => ['decision.made', 'session.failed'].includes(x.type));
        if (ended)
          return (
            `accepted ${accepted} decided ${Date.now() - t}` +
            (rows.some((x: any) => x.degraded)
              ? ' DEGRADED ' + rows.filter((x: any) => x.degraded).map((x: any) => x.agent_role)
              : '')
          );
        if (Date.now() - t > 50_000) throw new Error('undecided: ' + JSON.stringify(rows.map((x: any) => x.type)));
        await pause(30);
      }
    } finally {
      await c.end();
    }
  }
};
it.each(
  all.flatMap((f) => {
    const v =
      f.victims.length > 1 ? f.victims.filter((x) => new RegExp(process.env['VICTIM'] ?? 'network|reviewer').test(x)) : f.victims;
    return v.map((x) => [f.name, x, f] as [string, Victim, Fault]);
  }),
)(
  '%s of %s',
  async (name, victim, fault) => {
    const why = fault.unavailable?.(rig);
    if (why) return console.error(name, 'UNAVAILABLE', why);
    const t = Date.now();
    await fault.run(rig, victim, new Random(1));
    const ran = Date.now() - t;
    const d1 = await debate().catch((e) => 'FAILED ' + e);
    const r = await ready().catch((e) => 'FAILED ' + e);
    const d2 = await debate().catch((e) => 'FAILED ' + e);
    console.error(`${name} | ${victim} | ran ${ran} | first ${d1} | ready after ${r} | then ${d2} | lost ${lost.splice(0)}`);
  },
  200_000,
);
