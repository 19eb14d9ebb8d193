import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Each may do what those before it may. Viewers read; operators send incidents and switch phases; admins mend. */
export const ACCESS_ROLES = ['viewer', 'operator', 'admin'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** Whoever holds a token. The token itself is nowhere kept. */
export interface Principal {
  readonly name: string;
  readonly role: AccessRole;
}

export interface StoredToken extends Principal {
  readonly hash: Buffer;
  /** Epoch ms from which on it opens nothing. */
  readonly endsAtMs: number;
}

/** Either all tokens, or what is wrong with each that is not: a typing error must lock nobody in by half. */
export interface TokenList {
  readonly tokens: readonly StoredToken[];
  /** Told by place and name, never by hash. */
  readonly faults: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const EMPTY_HASH = createHash('sha256').digest('hex');

const Entry = z
  .tuple([
    z.string().regex(/^[\w.-]{1,60}$/, 'the name takes 1 to 60 letters, digits, dots, dashes and underscores'),
    z.enum(ACCESS_ROLES, { error: `the role is one of ${ACCESS_ROLES.join(', ')}` }),
    z
      .string()
      .toLowerCase()
      .length(64, 'the hash has 64 hex digits')
      .regex(/^[0-9a-f]*$/, 'the hash is written in hex digits')
      .refine((hash) => hash !== EMPTY_HASH, 'the hash is that of no text at all: the token was empty when it was hashed'),
    z.iso.date({ error: 'the last day is written as 2027-12-31' }).optional(),
  ])
  .transform(([name, role, hash, lastDay]): StoredToken => {
    const endsAtMs = lastDay === undefined ? Infinity : Date.parse(lastDay) + DAY_MS;
    return { name, role, hash: Buffer.from(hash, 'hex'), endsAtMs };
  });

/**
 * `name:role:sha256hex[:last day],…`. One name may have several tokens, so that a new one works before the old one goes; each of
 * them has the same role, and no token has two names. The last day, in UTC, is the last one on which it opens anything.
 */
export const parseTokens = (text: string): TokenList => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const parsed = parts.map((part) => Entry.safeParse(part.split(':')));
  const tokens = parsed.flatMap(({ data }) => (data ? [data] : []));
  const faults = [
    ...parsed.flatMap(({ error }, index) => (error ? [`token ${index + 1}: ${reasonOf(error)}`] : [])),
    ...contradictions(tokens),
  ];
  return { tokens: faults.length > 0 ? [] : tokens, faults };
};

/** Issues of the entry as a whole are about its number of parts. */
const reasonOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => (path.length === 0 ? 'it has the parts name:role:sha256hex' : message)).join('; ');

const contradictions = (tokens: readonly StoredToken[]): string[] =>
  tokens.flatMap(({ name, role, hash }, index) => {
    const before = tokens.slice(0, index);
    const twin = before.find((other) => other.hash.equals(hash));
    if (twin) return [`${name} has the same hash as ${twin.name}: give each token once`];
    const other = before.find((earlier) => earlier.name === name && earlier.role !== role);
    return other ? [`${name} is ${other.role} and ${role}: one name has one role`] : [];
  });

/** Whose token it is. Every stored hash is compared, each in constant time: the time taken tells nothing. */
export const principalOf = (
  authorization: string | undefined,
  tokens: readonly StoredToken[],
  nowMs = Date.now(),
): Principal | undefined => {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  const hash = createHash('sha256').update(token).digest();
  const [holder] = tokens.filter((stored) => timingSafeEqual(stored.hash, hash) && nowMs < stored.endsAtMs);
  return holder && { name: holder.name, role: holder.role };
};

export const mayActAs = (principal: Principal, needed: AccessRole): boolean =>
  ACCESS_ROLES.indexOf(principal.role) >= ACCESS_ROLES.indexOf(needed);
