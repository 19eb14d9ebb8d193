import { Client, Pool } from 'pg';
import { Batches } from './batches.js';
import { incidentOf, SPEAKERS, type Step } from './work.js';

/** A message that goes on record. */
export interface Row {
  readonly session: string;
  readonly step: Step;
  /** JSON. */
  readonly payload: string;
}

/** The record has the columns and indexes that an audit needs, so that everyone's rows cost the same. */
const TABLES = `
  CREATE TABLE agent_sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id text NOT NULL,
    incident_id text NOT NULL,
    role text NOT NULL,
    step text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX ON agent_sessions (session_id, id);
  CREATE INDEX ON agent_sessions (incident_id, created_at);
  CREATE INDEX ON agent_sessions (role, created_at);
  CREATE INDEX ON agent_sessions (step, created_at);
  CREATE TABLE incidents (id text PRIMARY KEY, payload jsonb NOT NULL)`;

export const connectPostgres = async (databaseUrl: string, onFault: (fault: Error) => void): Promise<Client> => {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', onFault);
  await client.connect();
  return client;
};

/** For libraries that want one. A connection that breaks also fails the query that runs on it, so nobody else need be told. */
export const poolOf = (databaseUrl: string, max: number): Pool => {
  const heard = (): void => undefined;
  const pool = new Pool({ connectionString: databaseUrl, max });
  return pool.on('error', heard).on('connect', (client) => void client.on('error', heard));
};

/** The tables in an empty database, and how many rows are committed in them. */
export class Tables {
  /** Up to this id every row has been counted; those before it have no gap. */
  private settled = 0;

  private constructor(private readonly client: Client) {}

  static async create(databaseUrl: string, onFault: (fault: Error) => void): Promise<Tables> {
    const client = await connectPostgres(databaseUrl, onFault);
    await client.query(TABLES);
    return new Tables(client);
  }

  /** Counts only what came since it was last asked: counting everything would cost more than recording does. */
  async rows(): Promise<number> {
    const { rows } = await this.client.query<{ count: number; last: number }>({
      name: 'rows',
      text: 'SELECT count(*)::integer AS count, coalesce(max(id), $1)::integer AS last FROM agent_sessions WHERE id > $1::bigint',
      values: [this.settled],
    });
    const { count, last } = rows[0] ?? { count: 0, last: this.settled };
    const total = this.settled + count;
    if (total === last) this.settled = last; // Otherwise a transaction with a lower id is still open.
    return total;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

const INSERT = `
  INSERT INTO agent_sessions (session_id, incident_id, role, step, payload)
  SELECT session_id, incident_id, role, step, payload::jsonb
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS given (session_id, incident_id, role, step, payload)`;

/** One statement, one commit. */
export const insertRows = async (client: Client, rows: readonly Row[]): Promise<void> => {
  const column = (of: (row: Row) => string): Buffer => binaryArray(rows.map(of));
  await client.query({
    name: 'record',
    text: INSERT,
    values: [
      column(({ session }) => session),
      column(({ session }) => incidentOf(session)),
      column(({ step }) => SPEAKERS[step]),
      column(({ step }) => step),
      column(({ payload }) => payload),
    ],
  });
};

const TEXT_OID = 25;
const ARRAY_HEADER_BYTES = 20;

/** A text[] as the wire protocol has it in binary form, which `pg` takes from a buffer: nobody quotes or unquotes 2 KB of JSON. */
const binaryArray = (values: readonly string[]): Buffer => {
  let bytes = ARRAY_HEADER_BYTES;
  for (const value of values) bytes += 4 + Buffer.byteLength(value);
  const buffer = Buffer.allocUnsafe(bytes);
  const [dimensions, hasNulls, lowerBound] = [1, 0, 1];
  let at = 0;
  for (const field of [dimensions, hasNulls, TEXT_OID, values.length, lowerBound]) at = buffer.writeInt32BE(field, at);
  for (const value of values) {
    const written = buffer.write(value, at + 4);
    buffer.writeInt32BE(written, at);
    at += 4 + written;
  }
  return buffer;
};

const INSERT_INCIDENTS = `
  INSERT INTO incidents (id, payload) SELECT id, payload::jsonb FROM unnest($1::text[], $2::text[]) AS given (id, payload)
  ON CONFLICT DO NOTHING`;

/**
 * Records from within the process that has the messages, and nobody waits for it. What is not committed when the process dies is lost,
 * which is why this is the lenient way.
 */
export class Recorder {
  private constructor(
    private readonly client: Client,
    private readonly batches: Batches<Row>,
  ) {}

  static async open(
    databaseUrl: string,
    onFault: (fault: Error) => void,
    onCommitted: (rows: readonly Row[]) => void = () => undefined,
  ): Promise<Recorder> {
    const client = await connectPostgres(databaseUrl, onFault);
    const batches = new Batches<Row>(async (rows) => {
      await insertRows(client, rows);
      onCommitted(rows);
    }, onFault);
    return new Recorder(client, batches);
  }

  add(row: Row): void {
    this.batches.add(row);
  }

  /** Ends when everything that was added is committed. */
  async close(): Promise<void> {
    await this.batches.done();
    await this.client.end();
  }
}

/** Incidents, each of which is committed before anybody hears of it. */
export class Incidents {
  private constructor(
    private readonly client: Client,
    private readonly batches: Batches<{ id: string; payload: string; resolve: () => void }>,
  ) {}

  static async open(databaseUrl: string, onFault: (fault: Error) => void): Promise<Incidents> {
    const client = await connectPostgres(databaseUrl, onFault);
    const batches = new Batches<{ id: string; payload: string; resolve: () => void }>(async (incidents) => {
      const values = [binaryArray(incidents.map(({ id }) => id)), binaryArray(incidents.map(({ payload }) => payload))];
      await client.query({ name: 'incidents', text: INSERT_INCIDENTS, values });
      for (const { resolve } of incidents) resolve();
    }, onFault);
    return new Incidents(client, batches);
  }

  /** Resolves when it is committed; never, when that failed and `onFault` was told. */
  add(id: string, payload: string): Promise<void> {
    return new Promise((resolve) => this.batches.add({ id, payload, resolve }));
  }

  async close(): Promise<void> {
    await this.batches.done();
    await this.client.end();
  }
}
