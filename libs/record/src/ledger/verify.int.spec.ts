import { generateKeyPairSync } from 'node:crypto';
import { eventHash } from '@inquest/contracts';
import { aDebate, freshRecord, type Debate, type FreshRecord } from '../testing/fixtures.spec.js';
import { LEAF_COLUMNS } from './leaf.js';
import { readHeads, signHead, type FindingKind, type SignedHead, type Verification } from '../index.js';
import { headLine } from './heads.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

let fresh: FreshRecord;
let debates: Debate[];
let anchor: SignedHead;

beforeEach(async () => {
  fresh = await freshRecord();
  const second = await fresh.another();
  debates = Array.from({ length: 6 }, () => aDebate({ atMs: Date.now() }));
  for (const [index, { events }] of debates.entries()) await (index % 2 === 0 ? fresh.record : second).append(events);
  anchor = signHead((await fresh.record.ledger.head())!, privateKey);
});
afterEach(() => fresh.close());

const at = (index: number): string => debates[index]!.sessionId;
const kinds = ({ findings }: Verification): FindingKind[] => findings.map(({ kind }) => kind);
const ROW = `session_id = $1 AND agent_role = 'critic'`;

it('finds nothing in a record that nobody touched, and says from when on it is not proven', async () => {
  const unanchored = await fresh.record.ledger.verify();
  expect(unanchored).toMatchObject({ ok: true, findings: [], rows: 36, entries: 6, provenTo: null });
  const heads = await fresh.record.ledger.heads();
  expect(unanchored.tailUnprovenSince).toBe(heads.at(-1)?.at);
  expect(await fresh.record.ledger.verify({ anchor, publicKey })).toMatchObject({
    ok: true,
    provenTo: { n: 6 },
    tailUnprovenSince: null,
  });
  await fresh.record.append(aDebate().events);
  const [newest] = await fresh.record.ledger.heads(1);
  expect(await fresh.record.ledger.verify({ anchor, publicKey })).toMatchObject({
    ok: true,
    provenTo: { n: 6 },
    tailUnprovenSince: newest?.at,
  });
});

/** A value that is another one, whatever the column holds; by the type that the catalogue names. */
const OTHERS: Record<string, (column: string) => readonly string[]> = {
  uuid: () => [`'00000000-0000-4000-8000-000000000000'`],
  text: (column) => [`coalesce(${column}, '') || 'x'`, `'"},\\'`],
  integer: (column) => [`coalesce(${column}, 0) + 3`],
  bigint: (column) => [`coalesce(${column}, 0) + 3`, '9223372036854775807'],
  boolean: (column) => [`NOT ${column}`],
  jsonb: () => [`'5'`, `'{"absent": 7, "fields": [1]}'`, `'[{"eventId": null}]'`, `'{"summary": "All is well.", "much": 1e400}'`],
  'double precision': () => ['0.125', `'NaN'`, `'Infinity'`],
  'timestamp with time zone': (column) => [`${column} + interval '3 ms'`, `'infinity'`, `'-infinity'`, `'250000-01-01'`],
};
const KEY = ['session_id', 'agent_role', 'round', 'slot'];

it('names the row and the column of a change in any column of the table, whatever is put into it', async () => {
  const columns = await fresh.sql(
    `SELECT column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = 'agent_sessions'`,
  );
  expect(columns.map(({ name }) => name).sort()).toEqual([...LEAF_COLUMNS].sort());
  await fresh.sql(`CREATE TABLE kept AS SELECT * FROM agent_sessions WHERE ${ROW.replace('$1', `'${at(2)}'`)}`);
  for (const { name, type, nullable } of columns) {
    const column = String(name);
    const others = [...(OTHERS[String(type)]?.(column) ?? []), ...(nullable === true ? ['NULL'] : [])];
    expect([column, others.length > 0]).toEqual([column, true]);
    for (const other of others) {
      await fresh.behindTheBack(
        `UPDATE agent_sessions SET ${column} = ${other} WHERE ${ROW} AND (${column} IS DISTINCT FROM ${other})`,
        [at(2)],
      );
      const { findings } = await fresh.record.ledger.verify();
      const changed = await fresh.sql(
        `SELECT 1 FROM kept JOIN agent_sessions USING (session_id, agent_role) WHERE kept IS NOT DISTINCT FROM agent_sessions`,
      );
      if (changed.length > 0) continue;
      expect([column, other, findings]).toEqual([
        column,
        other,
        [expect.objectContaining({ kind: 'row-tampered', sessionId: at(2), position: 'critic:1:answer', n: 3 })],
      ]);
      const [{ certainty, columns: named } = {}] = findings;
      expect([column, other, named]).toEqual([column, other, expect.arrayContaining([column])]);
      if (KEY.includes(column)) expect([certainty, named]).toEqual(['proven', [column]]);
      await fresh.behindTheBack(
        `DELETE FROM agent_sessions WHERE event_id IN (SELECT event_id FROM kept) OR (session_id, agent_role) IN (SELECT session_id, agent_role FROM kept)`,
      );
      await fresh.behindTheBack('INSERT INTO agent_sessions SELECT * FROM kept');
    }
  }
  expect(await fresh.record.ledger.verify()).toMatchObject({ ok: true });
}, 180_000);

it.each([
  ['seq', ['seq']],
  ['output_json', ['output_json']],
  [
    'event_id, type, seq, stream_id, causes, output_json, output_hash, input_hash, event_hash, latency_ms, occurred_at',
    undefined,
  ],
])('names two rows whose %s were swapped', async (columns, named) => {
  const pairs = columns.split(', ').map((column) => `${column} = other.${column}`);
  await fresh.behindTheBack(
    `UPDATE agent_sessions a SET ${pairs.join(', ')} FROM agent_sessions other
      WHERE a.session_id = $1 AND other.session_id = $1
        AND ((a.agent_role, other.agent_role) IN (('critic', 'reviewer'), ('reviewer', 'critic')))`,
    [at(1)],
  );
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toEqual([expect.objectContaining({ kind: 'rows-swapped', sessionId: at(1) })]);
  expect([findings[0]?.position, findings[0]?.other?.split('/')[1]].sort()).toEqual(['critic:1:answer', 'reviewer:1:answer']);
  if (named) expect(findings[0]?.columns).toEqual(named);
});

it('names a row that is gone', async () => {
  await fresh.behindTheBack(`DELETE FROM agent_sessions WHERE ${ROW}`, [at(4)]);
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toEqual([
    expect.objectContaining({ kind: 'row-missing', sessionId: at(4), position: 'critic:1:answer', n: 5 }),
  ]);
});

it('names a session that is gone whole', async () => {
  await fresh.behindTheBack('DELETE FROM agent_sessions WHERE session_id = $1', [at(4)]);
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toEqual([expect.objectContaining({ kind: 'session-missing', sessionId: at(4) })]);
});

it('names a row that was slipped in past the ledger', async () => {
  await fresh.sql(
    `INSERT INTO agent_sessions SELECT (jsonb_populate_record(a, '{"slot": "lifecycle:1"}')).* FROM agent_sessions a WHERE ${ROW}`,
    [at(0)],
  );
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toEqual([
    expect.objectContaining({ kind: 'row-unrecorded', sessionId: at(0), position: 'critic:1:lifecycle:1' }),
  ]);
});

it('names a row whose writer contradicts itself, though nobody touched it since', async () => {
  const { events, sessionId } = aDebate();
  const message = JSON.parse(events[0]!.body) as Record<string, unknown>;
  await fresh.record.append([{ ...events[0]!, body: JSON.stringify({ ...message, outputHash: '0'.repeat(64) }) }]);
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toEqual([expect.objectContaining({ kind: 'row-incoherent', sessionId, columns: ['output_hash'] })]);
});

it('names a ledger entry that was changed or taken out', async () => {
  await fresh.behindTheBack(
    `UPDATE session_ledger SET leaves = set_byte(leaves, 0, (get_byte(leaves, 0) + 1) % 256) WHERE n = 3`,
  );
  expect(kinds(await fresh.record.ledger.verify())).toEqual(['entry-tampered', 'leaf-tampered']);
  await fresh.behindTheBack('DELETE FROM session_ledger WHERE n = 3');
  const { findings } = await fresh.record.ledger.verify();
  expect(findings.filter(({ kind }) => kind === 'entry-missing')).toEqual([expect.objectContaining({ n: 3 })]);
  expect(findings.filter(({ kind }) => kind === 'row-unrecorded')).toHaveLength(6);
});

it('names an entry that was rewritten together with its root', async () => {
  await fresh.behindTheBack(
    `UPDATE session_ledger l SET root = session_ledger_root_v1((l.n, l.previous_root, NULL, l.created_at - interval '1 s', l.leaf_version, l.session_ids, l.positions, l.leaves)), created_at = created_at - interval '1 s' WHERE n = 2`,
  );
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toEqual([
    expect.objectContaining({ kind: 'entry-tampered', n: 2, text: expect.stringContaining('not after entry 1') as string }),
    expect.objectContaining({ kind: 'entry-tampered', n: 3, text: expect.stringContaining('does not follow entry 2') as string }),
    expect.objectContaining({ kind: 'entry-tampered', n: 2, text: expect.stringContaining('its time was changed') as string }),
  ]);
});

/** What a thorough forger with superuser rights does: rows, leaves and every root after them. */
const rewriteFrom = async (n: number): Promise<void> => {
  await fresh.behindTheBack(`
    DO $$ DECLARE e session_ledger; previous bytea; BEGIN
      SELECT root INTO previous FROM session_ledger WHERE n = ${n} - 1;
      FOR e IN SELECT * FROM session_ledger WHERE n >= ${n} ORDER BY n LOOP
        SELECT string_agg(agent_session_leaf_v1(s), ''::bytea ORDER BY place.i) INTO e.leaves
          FROM unnest(e.session_ids, e.positions) WITH ORDINALITY AS place(session_id, position, i)
          JOIN agent_sessions s ON s.session_id = place.session_id AND s.agent_role || ':' || s.round || ':' || s.slot = place.position;
        e.previous_root := previous;
        e.root := session_ledger_root_v1(e);
        UPDATE session_ledger SET previous_root = e.previous_root, root = e.root, leaves = e.leaves WHERE session_ledger.n = e.n;
        previous := e.root;
      END LOOP;
    END $$`);
};

it('is deceived by a forger who rewrites the whole chain, unless there is an anchor', async () => {
  await fresh.behindTheBack(`UPDATE agent_sessions SET seq = 77 WHERE ${ROW}`, [at(1)]);
  await rewriteFrom(2);
  expect(await fresh.record.ledger.verify()).toMatchObject({ ok: true });
  expect((await fresh.record.ledger.verify({ anchor, publicKey })).findings).toEqual([
    expect.objectContaining({ kind: 'anchor-mismatch', n: 6 }),
  ]);
});

it('names a tail that was cut off, given an anchor', async () => {
  await fresh.behindTheBack('DELETE FROM agent_sessions WHERE session_id = ANY ($1::uuid[])', [[at(4), at(5)]]);
  await fresh.behindTheBack('DELETE FROM session_ledger WHERE n > 4');
  expect(await fresh.record.ledger.verify()).toMatchObject({ ok: true, entries: 4 });
  const { findings, provenTo } = await fresh.record.ledger.verify({ anchor: readHeads(headLine(anchor)), publicKey });
  expect(findings).toEqual([expect.objectContaining({ kind: 'tail-cut', n: 6 })]);
  expect(provenTo).toBeNull();
});

it('does not believe an anchor that the key did not sign', async () => {
  const forged = { ...anchor, root: 'f'.repeat(64) };
  expect(kinds(await fresh.record.ledger.verify({ anchor: forged, publicKey }))).toEqual(['anchor-forged']);
  expect(kinds(await fresh.record.ledger.verify({ anchor: { ...anchor, signature: null }, publicKey }))).toEqual([
    'anchor-forged',
  ]);
});

it.each([
  ['the event triggers were switched off', 'ALTER EVENT TRIGGER inquest_guard_drop DISABLE', /event trigger inquest_guard_drop/],
  [
    'the refusal was made to do nothing',
    `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    /agent_sessions can be changed/,
  ],
  ['somebody else has a rule on it', 'CREATE RULE deaf AS ON INSERT TO agent_sessions DO INSTEAD NOTHING', /a rule deaf/],
  ['rows are hidden', 'ALTER TABLE session_ledger ENABLE ROW LEVEL SECURITY', /row level security/],
  ['another table adds to it', 'CREATE TABLE heir () INHERITS (agent_sessions)', /heir/],
])('names a table of which %s', async (_, statement, text) => {
  await fresh.sql(`SET inquest.migrating = 'on'`);
  await fresh.sql(statement);
  const { findings } = await fresh.record.ledger.verify();
  expect(findings).toContainEqual(
    expect.objectContaining({ kind: 'guard-missing', text: expect.stringMatching(text) as string }),
  );
});

it('says that it stopped where memory and time are bounded, and counts on', async () => {
  const more = Array.from({ length: 20 }, () => aDebate());
  await fresh.record.append(more.flatMap(({ events }) => events));
  await fresh.behindTheBack(`UPDATE agent_sessions SET rule_set = gen_random_uuid()::text`);
  const few = await fresh.record.ledger.verify({ findingsMax: 10 });
  expect(few).toMatchObject({ findings: { length: 10 }, findingsTotal: 156 });
  expect(few.limits).toContainEqual(expect.stringMatching(/^146 more changed rows were counted/));
  const { limits, findingsTotal } = await fresh.record.ledger.verify();
  expect(findingsTotal).toBe(156);
  expect(limits).toContainEqual(expect.stringMatching(/Only the first 100 of 156 changed rows/));
  expect(limits).toContainEqual(expect.stringMatching(/no further recorded values were searched for/));
}, 120_000);

it('names a table whose trigger was switched off', async () => {
  await fresh.sql(`SET inquest.migrating = 'on'`);
  await fresh.sql('ALTER TABLE agent_sessions DISABLE TRIGGER agent_sessions_append_only');
  expect(kinds(await fresh.record.ledger.verify())).toEqual(['guard-missing']);
});

it('counts findings beyond the number it keeps', async () => {
  await fresh.behindTheBack('UPDATE agent_sessions SET seq = seq + 1');
  expect(await fresh.record.ledger.verify({ findingsMax: 5 })).toMatchObject({
    ok: false,
    findingsTotal: 36,
    findings: { length: 5 },
  });
});

it('has hashes that any reader can take again from what is exported', async () => {
  const page = await fresh.record.audit.page({ sessionId: at(0) });
  for (const { message } of page.entries) expect(eventHash(message)).toBe(message.eventHash);
});
