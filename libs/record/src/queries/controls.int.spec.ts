import { anIncident } from '@inquest/testing';
import { freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';
import type { SessionRecord } from '../index.js';

let fresh: FreshRecord;
let one: SessionRecord;
let two: SessionRecord;
beforeAll(async () => {
  fresh = await freshRecord();
  one = fresh.record;
  two = await fresh.another();
});
afterAll(() => fresh.close());

describe('the switch of execution', () => {
  it('is on until somebody stops it, for every process at once, and keeps who, when and why', async () => {
    expect(await one.controls.execution()).toEqual({ stopped: false, last: null });
    await one.controls.switchExecution({ stopped: true, actor: 'ada', reason: 'rollbacks misbehave' });
    expect(await two.controls.execution()).toMatchObject({
      stopped: true,
      last: { actor: 'ada', reason: 'rollbacks misbehave', createdAt: expect.stringMatching(/Z$/) as string },
    });
    await two.controls.switchExecution({ stopped: false, actor: 'ben', reason: 'mended' });
    expect(await one.controls.execution()).toMatchObject({ stopped: false, last: { actor: 'ben' } });
    const kinds = (await one.controls.history()).map(({ kind }) => kind);
    expect(kinds).toEqual(['execution-resumed', 'execution-stopped']);
  });

  it('needs an actor and a reason', async () => {
    await expect(one.controls.switchExecution({ stopped: true, actor: 'ada', reason: '' })).rejects.toThrow(/reason/);
    await expect(one.controls.switchExecution({ stopped: true, actor: '', reason: 'x' })).rejects.toThrow(/actor/);
  });

  it('is written once per subject where every replica notices the same', async () => {
    const draft = { kind: 'budget-spent', subject: 'all hour usd 2026', actor: 'budget', reason: 'spent' } as const;
    const noted = await Promise.all(Array.from({ length: 10 }, (_, at) => (at % 2 ? one : two).controls.note(draft)));
    expect(noted.filter((event) => event !== undefined)).toHaveLength(1);
  });

  it('keeps a filtered incident, once', async () => {
    const incident = anIncident({ severity: 'info', title: 'odd \u0000 title' });
    for (const record of [one, two]) await record.controls.filterIncident(incident, 'below warning');
    const [kept, ...more] = await one.controls.history(['incident-filtered']);
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ reason: 'below warning', data: { incident: { fingerprint: incident.fingerprint } } });
  });
});

describe('what models have cost', () => {
  it('is added up over all processes, per role and together, without losing a cent', async () => {
    const roles = ['solver', 'critic'] as const;
    const charges = Array.from({ length: 60 }, (_, at) => ({ record: at % 3 ? one : two, role: roles[at % 2] ?? 'solver' }));
    await Promise.all(charges.map(({ record, role }) => record.spend.charge(role, { usd: 0.25, tokens: 100 })));
    const current = await one.spend.current();
    expect(current.map(({ period, role, usd, tokens }) => [period, role, usd, tokens])).toEqual(
      ['day', 'hour', 'month'].flatMap((period) => [
        [period, 'all', 15, 6_000],
        [period, 'critic', 7.5, 3_000],
        [period, 'solver', 7.5, 3_000],
      ]),
    );
  });

  it('is corrected in the windows that were charged, though they are over', async () => {
    const last = { period: 'hour', startsAt: '2026-01-01T00:00:00.000Z', role: 'single', usd: 1, tokens: 10 } as const;
    await one.spend.correct([last], { usd: 1, tokens: 10 });
    await one.spend.correct([last], { usd: -0.5, tokens: -4 });
    const rows = await fresh.sql(`SELECT usd, tokens FROM model_spend WHERE role = 'single'`);
    expect(rows).toEqual([{ usd: 0.5, tokens: 6 }]);
    expect((await one.spend.current()).filter(({ role }) => role === 'single')).toEqual([]);
  });
});
