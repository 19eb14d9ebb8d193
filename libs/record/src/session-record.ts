import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Appender } from './append/appender.js';
import type { AppendResult, RecordableEvent } from './append/append-result.js';
import { ENTITIES } from './entities/index.js';
import { Ledger } from './ledger/ledger.js';
import { Audit } from './queries/audit.js';
import { Flags } from './queries/flags.js';
import { Incidents } from './queries/incidents.js';
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

/**
 * Opens the record as the application role. The schema must have been brought up by `migrate` before.
 * @throws when Postgres cannot be reached within 5 s.
 */
export const openRecord = async (url: string, options: RecordOptions = {}): Promise<SessionRecord> => {
  const onError = options.onError ?? ((error: Error) => process.emitWarning(error));
  const max = options.max ?? 5;
  const name = options.name ?? 'inquest';
  const pool = new Pool({ connectionString: url, max, application_name: name, connectionTimeoutMillis: CONNECT_MS });
  pool.on('error', onError);
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    entities: ENTITIES,
    poolSize: max,
    connectTimeoutMS: CONNECT_MS,
    poolErrorHandler: onError,
  });
  try {
    await source.initialize();
  } catch (error) {
    await pool.end();
    throw error;
  }
  return new SessionRecord(pool, source);
};

/** All that is on record: what came in, what was said, what is switched, and the proof that nothing was changed. */
export class SessionRecord {
  readonly incidents: Incidents;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly openSessions: OpenSessions;
  readonly flags: Flags;
  readonly ledger: Ledger;
  readonly poisoned: PoisonedEvents;
  private readonly appender: Appender;

  constructor(
    private readonly pool: Pool,
    private readonly source: DataSource,
  ) {
    this.incidents = new Incidents(source);
    this.sessions = new Sessions(pool);
    this.audit = new Audit(pool);
    this.openSessions = new OpenSessions(pool);
    this.flags = new Flags(source);
    this.ledger = new Ledger(pool);
    this.poisoned = new PoisonedEvents(source);
    this.appender = new Appender(pool);
  }

  /** Appends events, idempotently, in batches of one statement each; see `AppendResult`. For the recorder alone. */
  append(events: readonly RecordableEvent[]): Promise<AppendResult> {
    return this.appender.append(events);
  }

  /** @throws when Postgres does not answer. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.end(), this.source.destroy()]);
  }
}
