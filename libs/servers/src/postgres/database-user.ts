import { readFile } from 'node:fs/promises';
import { NoDatabaseUserError } from '../errors.js';

/** Who PostgreSQL runs as. Empty: as ourselves. */
export interface DatabaseUser {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses to run as root; then it runs as the machine's own `postgres`, else as `nobody`. */
export const databaseUser = async (uid = process.getuid?.(), passwd?: string): Promise<DatabaseUser> => {
  if (uid !== 0) return {};
  const users = passwd ?? (await readFile('/etc/passwd', 'utf8'));
  for (const name of ['postgres', 'nobody']) {
    const entry = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(users);
    if (entry) return { uid: Number(entry[1]), gid: Number(entry[2]) };
  }
  throw new NoDatabaseUserError();
};
