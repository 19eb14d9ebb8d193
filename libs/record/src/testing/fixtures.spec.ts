import {
  causeOf,
  seal,
  type Cause,
  type Draft,
  type Message,
  type MessageType,
  type Published,
  type Role,
} from '@inquest/contracts';
import {
  aCritique,
  aDiagnosis,
  anIncident,
  anOpening,
  aPlan,
  aVerdict,
  freshDatabase,
  type FreshDatabase,
} from '@inquest/testing';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { v7 } from 'uuid';
import { migrate, openRecord, type MigrationResult, type RecordableEvent, type SessionRecord } from '../index.js';

/** A database of the spec's own with the record in it, opened as the application. */
export interface FreshRecord {
  readonly record: SessionRecord;
  /** A second process' view of the same record. */
  another(): Promise<SessionRecord>;
  readonly ownerUrl: string;
  readonly applicationUrl: string;
  readonly migration: MigrationResult;
  /** As superuser; with `behindTheBack` past all triggers. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  behindTheBack(text: string, values?: unknown[]): Promise<void>;
  close(): Promise<void>;
}

export const freshRecord = async (): Promise<FreshRecord> => {
  const database: FreshDatabase = await freshDatabase();
  const applicationRole = `app_${randomBytes(5).toString('hex')}`;
  const migration = await migrate(database.url, { applicationRole, applicationPassword: "it's a secret" });
  const opened: SessionRecord[] = [];
  const another = async () => {
    const record = await openRecord(migration.applicationUrl, { onError: () => undefined });
    opened.push(record);
    return record;
  };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  return {
    record: await another(),
    another,
    ownerUrl: database.url,
    applicationUrl: migration.applicationUrl,
    migration,
    sql: async (text, values) => (await admin.query<Record<string, unknown>>(text, values)).rows,
    behindTheBack: async (text, values) => {
      await admin.query(`SET inquest.migrating = 'on'`);
      const tables = ['agent_sessions', 'session_ledger'];
      for (const table of tables) await admin.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
      await admin.query(text, values);
      for (const table of tables) await admin.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_append_only`);
      await admin.query('RESET inquest.migrating');
    },
    close: async () => {
      await Promise.all(opened.map((record) => record.close()));
      await admin.end();
      await database.drop();
    },
  };
};

/** A session of six messages as the stream would have them. */
export interface Debate {
  readonly sessionId: string;
  readonly incidentId: string;
  readonly messages: readonly Published[];
  readonly events: readonly RecordableEvent[];
}

const STEPS: readonly (readonly [MessageType, Role, string])[] = [
  ['session.opened', 'gateway', 'opened'],
  ['diagnosis.reported', 'diagnostician', 'answer'],
  ['plan.proposed', 'solver', 'answer'],
  ['verdict.given', 'reviewer', 'answer'],
  ['critique.raised', 'critic', 'answer'],
  ['decision.made', 'coordinator', 'decision'],
];

export const aDebate = (
  overrides: { sessionId?: string; incidentId?: string; atMs?: number; title?: string; cause?: string; tag?: string } = {},
): Debate => {
  const { sessionId = v7(), incidentId = v7(), atMs = Date.UTC(2026, 0, 15), tag = 'test' } = overrides;
  const said: Message[] = [];
  const messages = STEPS.map(([type, role, slot], index): Published => {
    const causes: Cause[] = type === 'decision.made' ? said.map(causeOf) : said.slice(-1).map(causeOf);
    const message = seal({
      type,
      data: dataOf(type, overrides),
      sessionId,
      incidentId,
      role,
      slot,
      mind: 'rules',
      degraded: false,
      vote: type === 'session.opened' ? null : 'APPROVE',
      ruleSet: tag,
      latencyMs: index,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      occurredAt: new Date(atMs + index).toISOString(),
      causes: type === 'critique.raised' ? [causeOf(said[2] ?? said[0]!)] : causes,
    } as Draft);
    said.push(message);
    return { seq: index + 1, streamId: `${atMs + index}-0`, message };
  });
  return { sessionId, incidentId, messages, events: messages.map(eventOf) };
};

export const eventOf = ({ seq, streamId, message }: Published): RecordableEvent => ({
  seq,
  streamId,
  body: JSON.stringify(message),
});

const dataOf = (
  type: MessageType,
  { title = 'checkout-api answers with 5xx', cause }: { title?: string; cause?: string },
): unknown => {
  switch (type) {
    case 'session.opened':
      return anOpening({ incident: anIncident({ title }) });
    case 'diagnosis.reported':
      return aDiagnosis();
    case 'plan.proposed':
      return aPlan();
    case 'verdict.given':
      return aVerdict();
    case 'critique.raised':
      return aCritique();
    default:
      return cause === undefined ? aDecision : { ...aDecision, hypothesis: { ...aDiagnosis().hypotheses[0], cause } };
  }
};

const aDecision = {
  outcome: 'human-approval',
  gate: 5,
  gatesVersion: '1',
  reasons: [{ code: 'rules-alone', text: 'No model was asked.' }],
  healthy: false,
  hypothesis: null,
  confidence: 0.9,
  actions: [],
  planRadius: 10,
  votes: (['diagnostician', 'solver', 'reviewer', 'critic'] as const).map((voter) => ({
    voter,
    present: true,
    vote: 'APPROVE',
    mind: 'rules',
    degraded: false,
    answeredFor: false,
  })),
  dissent: [],
  requiresHumanApproval: true,
  degraded: false,
  allDegraded: false,
  summary: 'Ask a person.',
};
