import { emptySnapshot } from '@inquest/contracts';
import { anIncident } from '@inquest/testing';
import { freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';
import { InvalidCursorError, type SessionRecord } from '../index.js';

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
    for (const record of [one, two]) await record.controls.filterIncident({ incident, reason: 'below warning' });
    const [kept, ...more] = await one.controls.history(['incident-filtered']);
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ reason: 'below warning', data: { incident: { fingerprint: incident.fingerprint } } });
  });

  it('knows what a key was used for, and keeps a request with a key once whenever its incident began', async () => {
    const given = { reason: 'below high', idempotencyKey: 'k-filtered', contentHash: 'c' };
    const noted = ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'].map((startsAt) =>
      one.controls.filterIncident({ ...given, incident: anIncident({ startsAt }) }),
    );
    expect((await Promise.all(noted)).filter(Boolean)).toHaveLength(1);
    expect(await two.controls.useOfKey('k-filtered')).toEqual({ kind: 'filtered', reason: 'below high', contentHash: 'c' });
    const accepted = { evidence: emptySnapshot(), path: 'debate', limits: { turnMs: 5_000, debateMs: 30_000 } } as const;
    await one.incidents.accept({ ...accepted, incident: anIncident({ fingerprint: 'keyed' }), idempotencyKey: 'k-accepted' });
    expect(await two.controls.useOfKey('k-accepted')).toEqual({ kind: 'accepted' });
    expect(await two.controls.useOfKey('k-unused')).toBeUndefined();
  });

  it('is listed page by page, without what a filtered incident brought along', async () => {
    const labels = { note: 'z'.repeat(500) };
    for (const fingerprint of ['p1', 'p2', 'p3'])
      await one.controls.filterIncident({
        incident: anIncident({ fingerprint, title: 't'.repeat(400), labels }),
        reason: 'mild',
      });
    const first = await two.controls.page(['incident-filtered'], undefined, 2);
    await one.controls.filterIncident({ incident: anIncident({ fingerprint: 'p4' }), reason: 'mild' });
    const second = await two.controls.page(['incident-filtered'], first.next ?? '', 2);
    const fingerprints = [...first.events, ...second.events].map(({ data }) => data['fingerprint']);
    expect(fingerprints.slice(0, 3)).toEqual(['p3', 'p2', 'p1']);
    expect(Object.keys(first.events[0]?.data ?? {}).sort()).toEqual(['fingerprint', 'severity', 'source', 'startsAt', 'title']);
    expect(String(first.events[0]?.data['title'])).toHaveLength(200);
    expect((await two.controls.page()).next).toBeNull();
    await expect(two.controls.page(undefined, 'bogus')).rejects.toThrow(InvalidCursorError);
  });
});

describe('what models have cost', () => {
  it('is added up over all processes, per role and together, without losing a cent', async () => {
    const roles = ['solver', 'critic'] as const;
    const charges = Array.from({ length: 60 }, (_, at) => ({ record: at % 3 ? one : two, role: roles[at % 2] ?? 'solver' }));
    await Promise.all(charges.map(({ record, role }) => record.spend.charge(role, { usd: 0.25, tokens: 100 })));
    const current = await one.spend.current();
    expect(current.map(({ period, role, usd, tokens }) => [period, role, usd, tokens])).toEqual(
      ['hour', 'day', 'month'].flatMap((period) => [
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
