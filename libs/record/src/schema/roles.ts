import { escapeIdentifier, escapeLiteral, type Client } from 'pg';

/** The owner of the tables: nobody logs in as it, and no service runs as it. */
export const ensureOwnerRole = async (client: Client, role: string): Promise<string> => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(role))
    throw new RangeError(`The owner role ${role} must be a plain lower-case identifier.`);
  await createRole(client, role, 'NOLOGIN');
  await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${escapeIdentifier(role)}`);
  return role;
};

/** @throws {RangeError} when the role may do more than it should, and whoever migrates may not take that away. */
export const ensureApplicationRole = async (client: Client, role: string, password: string): Promise<void> => {
  const login = `LOGIN NOINHERIT PASSWORD ${escapeLiteral(password)}`;
  if (await createRole(client, role, `${POWERLESS} ${login}`)) return;
  // Only a superuser may even say NOSUPERUSER of a role that is none, so it is said only where it changes something.
  const change = (await isPowerful(client, role)) ? `${POWERLESS} ${login}` : login;
  // Roles belong to the whole server: somebody migrating another database may be altering the same one.
  await retried(() => client.query(`ALTER ROLE ${escapeIdentifier(role)} ${change}`));
};

const POWERLESS = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';

const isPowerful = async (client: Client, role: string): Promise<boolean> => {
  const { rows } = await client.query<{ powerful: boolean; mayChange: boolean }>(
    `SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS powerful,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "mayChange"
     FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  const { powerful = false, mayChange = false } = rows[0] ?? {};
  if (powerful && !mayChange)
    throw new RangeError(
      `The application's role ${role} may do more than it should. As a superuser run ALTER ROLE ${escapeIdentifier(role)} ${POWERLESS}, or name another role.`,
    );
  return powerful;
};

/** History: read and append. Projections: what the gateway and `append_events` have to do. Nothing else. */
const GRANTS: Record<string, string> = {
  agent_sessions: 'SELECT, INSERT',
  session_ledger: 'SELECT, INSERT',
  incidents: 'SELECT, INSERT',
  open_sessions: 'SELECT, INSERT, DELETE',
  phase_overrides: 'SELECT, INSERT',
  poisoned_events: 'SELECT, INSERT',
  control_events: 'SELECT, INSERT',
  model_spend: 'SELECT, INSERT, UPDATE',
  inquest_migrations: 'SELECT',
};

export const grantToApplication = async (client: Client, role: string): Promise<void> => {
  const to = escapeIdentifier(role);
  const grants = Object.entries(GRANTS).flatMap(([table, rights]) => [
    `REVOKE ALL ON ${table} FROM PUBLIC, ${to}`,
    `GRANT ${rights} ON ${table} TO ${to}`,
  ]);
  await client.query(['BEGIN', `GRANT USAGE ON SCHEMA public TO ${to}`, ...grants, 'COMMIT'].join(';\n'));
};

export const applicationUrl = (ownerUrl: string, role: string, password: string): string => {
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  return url.toString();
};

/** @returns whether the role is new. */
const createRole = async (client: Client, role: string, attributes: string): Promise<boolean> => {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount) return false;
  try {
    await client.query(`CREATE ROLE ${escapeIdentifier(role)} ${attributes}`);
    return true;
  } catch (error) {
    if (['42710', '23505'].includes(codeOf(error))) return false; // Somebody else was first.
    throw error;
  }
};

const RETRIES = 10;

const retried = async (work: () => Promise<unknown>): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      // "tuple concurrently updated" has no code of its own.
      if (codeOf(error) !== 'XX000' || attempt === RETRIES) throw error;
    }
  }
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
