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
  debates = Array.from({ length: 6 }, () => aDebate());
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

const CHANGES: Record<string, string> = {
  incident_id: 'gen_random_uuid()',
  event_id: 'gen_random_uuid()',
  type: `'plan.proposed'`,
  seq: 'seq + 100',
  stream_id: `'1-1'`,
  schema_version: '2',
  mind: `'model'`,
  degraded: 'NOT degraded',
  vote: `'REJECT'`,
  on_behalf_of: `'critic'`,
  prompt_hash: `repeat('a', 64)`,
  rule_set: `'another'`,
  causes: `'[]'`,
  traceparent: 'NULL',
  trace_id: `'x'`,
  occurred_at: `occurred_at + interval '1 ms'`,
  latency_ms: 'latency_ms + 1',
  model: `'m'`,
  input_tokens: '1',
  output_tokens: '1',
  cache_read_tokens: '1',
  cache_write_tokens: '1',
  cost_usd: '0.1',
  outcome: `'reject'`,
  gate: '1',
  confidence: '0.5',
  output_json: `jsonb_set(output_json, '{summary}', '"All is well."')`,
  output_hash: `repeat('b', 64)`,
  input_hash: `repeat('c', 64)`,
  event_hash: `repeat('d', 64)`,
  envelope_rest: `'{"fields": {"x": 1}}'`,
  created_at: `created_at - interval '1 hour'`,
};

it('knows how to change every column but those of the key', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(
    LEAF_COLUMNS.filter((name) => !['session_id', 'agent_role', 'round', 'slot'].includes(name)).sort(),
  );
});

/** Of these columns the row's own hashes can say which one it was. */
const CONVICTED = [
  'event_id',
  'mind',
  'degraded',
  'vote',
  'on_behalf_of',
  'causes',
  'trace_id',
  'outcome',
  'gate',
  'confidence',
  'output_json',
  'output_hash',
  'input_hash',
  'created_at',
];

it('names the row of a change in any column, and the column where the row convicts it', async () => {
  for (const [column, expression] of Object.entries(CHANGES)) {
    await fresh.sql('DROP TABLE IF EXISTS kept');
    await fresh.sql(`CREATE TABLE kept AS SELECT * FROM agent_sessions WHERE ${ROW.replace('$1', `'${at(2)}'`)}`);
    await fresh.behindTheBack(`UPDATE agent_sessions SET ${column} = ${expression} WHERE ${ROW}`, [at(2)]);
    const { findings } = await fresh.record.ledger.verify();
    expect(findings).toEqual([
      expect.objectContaining({ kind: 'row-tampered', sessionId: at(2), position: 'critic:1:answer', n: 3 }),
    ]);
    if (CONVICTED.includes(column)) expect([column, findings[0]?.columns]).toEqual([column, expect.arrayContaining([column])]);
    await fresh.behindTheBack(`DELETE FROM agent_sessions WHERE ${ROW}`, [at(2)]);
    await fresh.behindTheBack('INSERT INTO agent_sessions SELECT * FROM kept');
  }
  expect(await fresh.record.ledger.verify()).toMatchObject({ ok: true });
}, 60_000);

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
