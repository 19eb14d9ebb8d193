import { ROLES, type Role } from './work.js';

export interface RoleServers {
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/** Starts one process' part and resolves when it takes work. `onFault` is told what broke later. */
export type RoleStart = (name: string, servers: RoleServers, onFault: (fault: Error) => void) => Promise<void>;

/** @throws {RangeError} for a name that is no role. */
export const roleNamed = (name: string): Role => {
  const role = ROLES.find((known) => known === name);
  if (!role) throw new RangeError(`There is no role "${name}".`);
  return role;
};

/** For clients that do not take a URL. */
export const addressOf = (redisUrl: string): { host: string; port: number; password: string } => {
  const { hostname, port, password } = new URL(redisUrl);
  return { host: hostname, port: Number(port), password: decodeURIComponent(password) };
};
