import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Appender } from './append/appender.js';
import type { AppendResult, RecordableEvent } from './append/append-result.js';
import { DecisiveClient } from './decisive-client.js';
import { ENTITIES } from './entities/index.js';
import { Ledger } from './ledger/ledger.js';
import { RecordUnreachableError } from './outage.js';
import { Audit } from './queries/audit.js';
import { Controls } from './queries/controls.js';
import { figuresOf, type Figures } from './queries/figures.js';
import { Flags } from './queries/flags.js';
import { Incidents } from './queries/incidents.js';
import { ModelSpend } from './queries/model-spend.js';
import { OpenSessions } from './queries/open-sessions.js';
import { PoisonedEvents } from './queries/poisoned-events.js';
import { Sessions } from './queries/sessions.js';

export interface RecordOptions {
  /** Connections for appends and cursors, default 5; entities use as many of their own. Opened when needed. */
  readonly max?: number;
  /** application_name in Postgres. */
  readonly name?: string;
  /** Told of errors on idle connections; the pool replaces those by itself. */
  readonly onError?: (error: Error) => void;
}

const CONNECT_MS = 5_000;
/** After a timeout an entity's transaction may be left open by a client that could not roll back: the server then ends it. */
const ABANDONED_MS = 10_000;

/**
 * Opens the record as the application role. The schema must have been brought up by `migrate` before.
 * @throws {RecordUnreachableError} when Postgres cannot be reached within 5 s.
 */
export const openRecord = async (url: string, options: RecordOptions = {}): Promise<SessionRecord> => {
  const onError = options.onError ?? ((error: Error) => process.emitWarning(error.message, error.name));
  const max = options.max ?? 5;
  const name = options.name ?? 'inquest';
  const settings = { connectionString: url, application_name: name, connectionTimeoutMillis: CONNECT_MS, keepAlive: true };
  const pool = new Pool({ ...settings, max, Client: DecisiveClient });
  const patient = new Pool({ ...settings, max: 2 });
  for (const each of [pool, patient]) each.on('error', onError);
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    entities: ENTITIES,
    poolSize: max,
    connectTimeoutMS: CONNECT_MS,
    poolErrorHandler: onError,
    extra: {
      Client: DecisiveClient,
      keepAlive: true,
      idle_in_transaction_session_timeout: ABANDONED_MS,
    },
  });
  try {
    await source.initialize();
  } catch (error) {
    await Promise.all([pool.end(), patient.end()]);
    throw new RecordUnreachableError(error);
  }
  return new SessionRecord(pool, source, patient);
};

/** All that is on record: what came in, what was said, what is switched, and the proof that nothing was changed. */
export class SessionRecord {
  readonly incidents: Incidents;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly openSessions: OpenSessions;
  readonly flags: Flags;
  readonly controls: Controls;
  readonly spend: ModelSpend;
  readonly ledger: Ledger;
  readonly poisoned: PoisonedEvents;
  private readonly appender: Appender;

  constructor(
    private readonly pool: Pool,
    private readonly source: DataSource,
    private readonly patient: Pool,
  ) {
    this.incidents = new Incidents(source, pool);
    this.sessions = new Sessions(pool);
    this.audit = new Audit(pool);
    this.openSessions = new OpenSessions(pool);
    this.flags = new Flags(source, pool);
    this.controls = new Controls(pool);
    this.spend = new ModelSpend(pool);
    this.ledger = new Ledger(pool, patient);
    this.poisoned = new PoisonedEvents(source);
    this.appender = new Appender(pool);
  }

  /** Appends events, idempotently, in batches of one statement each; see `AppendResult`. For the recorder alone. */
  append(events: readonly RecordableEvent[]): Promise<AppendResult> {
    return this.appender.append(events);
  }

  /** How the debates of the last hours went. */
  figures(hours: number): Promise<Figures> {
    return figuresOf(this.patient, hours);
  }

  /** @throws when Postgres does not answer, or takes nothing that is written. */
  async ping(): Promise<void> {
    const { rows } = await this.pool.query<{ off: boolean }>("SELECT current_setting('transaction_read_only')::bool AS off");
    if (rows[0]?.off) throw new Error('PostgreSQL is read-only: nothing can be recorded');
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.end(), this.patient.end(), this.source.destroy()]);
  }
}
