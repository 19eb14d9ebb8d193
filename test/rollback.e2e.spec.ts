import { SessionOpening } from '@inquest/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';

const GATEWAYS = 2;
const BETWEEN_INCIDENTS_MS = 100;
const REASON = 'drill: the debate is switched';

/** Three stretches, and how many sessions are opened in each. */
const [DEBATES, ONE_CALL, DEBATES_AGAIN] = [0, 1, 2];
const SESSIONS = 15;

interface Opened {
  readonly sessionId: string;
  /** Not a number when it was opened while something was switched. */
  readonly stretch: number;
}

interface Load {
  stretch: number;
  /** Gateways that take incidents. */
  up: readonly number[];
  /** Resolves when enough sessions were opened in a stretch from now. */
  hasOpened(stretch: number): Promise<void>;
}

/**
 * The drill of the runbook: people do not like what the debate decides and take one call instead, then go back; incidents come in at
 * both gateways all the while.
 */
describe('the rollback drill, under load', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ model: true, replicas: GATEWAYS });
  }, 180_000);
  afterAll(() => system.stop());

  const switched = async (enabled: boolean): Promise<void> => {
    const change = { phase: 2, enabled, reason: REASON };
    const response = await system.request('/v1/phases', { method: 'PUT', body: JSON.stringify(change) });
    expect(response.status).toBe(200);
  };

  /** Incidents one after another, at each gateway that is `up` in turn, until the work is done; then every session is looked at. */
  const underLoad = async (work: (load: Load) => Promise<void>): Promise<readonly Opened[]> => {
    const opened: Opened[] = [];
    const load: Load = {
      stretch: Number.NaN,
      up: Array.from({ length: GATEWAYS }, (_, index) => index),
      hasOpened: async (stretch) => {
        load.stretch = stretch;
        while (opened.filter((one) => one.stretch === stretch).length < SESSIONS) await pause(20);
        load.stretch = Number.NaN;
      },
    };
    let done = false;
    const sending = async (): Promise<void> => {
      for (let index = 0; !done; index += 1) {
        const before = load.stretch;
        const sessionId = await system.open({}, OOM_KILLED, load.up[index % load.up.length]);
        // One that was on its way while the switch was thrown may have been opened on either side of it.
        opened.push({ sessionId, stretch: before === load.stretch ? before : Number.NaN });
        await pause(BETWEEN_INCIDENTS_MS);
      }
    };
    const sent = sending();
    await work(load).finally(() => (done = true));
    await sent;
    return opened;
  };

  const expectAllDecided = async (opened: readonly Opened[]): Promise<void> => {
    for (const { sessionId, stretch } of opened) {
      const decision = await system.decided(sessionId);
      const rows = await system.rows(sessionId);
      expect(rows.filter(({ type }) => type === 'decision.made')).toHaveLength(1);
      expect(rows.filter(({ type }) => type === 'session.failed')).toEqual([]);
      const path = SessionOpening.parse(rows[0]?.output_json).path;
      if (stretch === DEBATES_AGAIN || stretch === DEBATES)
        expect({ path, rows: rows.length }).toEqual({ path: 'debate', rows: 6 });
      if (stretch === ONE_CALL) expect({ path, rows: rows.length }).toEqual({ path: 'single', rows: 2 });
      if (stretch === ONE_CALL) expect(decision.requiresHumanApproval).toBe(true);
    }
  };

  it('by the switch: what is opened from then on goes the other way, at every gateway, and no session is lost', async () => {
    const opened = await underLoad(async (load) => {
      await load.hasOpened(DEBATES);
      await switched(false);
      await load.hasOpened(ONE_CALL);
      await switched(true);
      await load.hasOpened(DEBATES_AGAIN);
    });
    await expectAllDecided(opened);
    const audited = await system.query('select phase, enabled, actor, reason from phase_overrides order by n');
    expect(audited).toEqual([false, true].map((enabled) => ({ phase: 2, enabled, actor: 'e2e', reason: REASON })));
  }, 180_000);

  it('by the environment: gateways are replaced one after another, as a rollout does it, and no session is lost', async () => {
    const replaced = async (load: Load, env: Readonly<Record<string, string>>): Promise<void> => {
      for (let index = 0; index < GATEWAYS; index += 1) {
        load.up = load.up.filter((one) => one !== index);
        await system.processes.restart('gateway', index, env);
        load.up = [...load.up, index];
      }
    };
    const opened = await underLoad(async (load) => {
      await load.hasOpened(DEBATES);
      await replaced(load, { AIOPS_P2_ENABLED: 'false' });
      await load.hasOpened(ONE_CALL);
      await replaced(load, {});
      await load.hasOpened(DEBATES_AGAIN);
    });
    await expectAllDecided(opened);
  }, 240_000);
});
