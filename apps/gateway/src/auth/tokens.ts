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
}

const Token = z
  .tuple([z.string().regex(/^[\w.-]{1,60}$/), z.enum(ACCESS_ROLES), z.string().regex(/^[0-9a-f]{64}$/i)])
  .transform(([name, role, hash]): StoredToken => ({ name, role, hash: Buffer.from(hash, 'hex') }));

/** `name:role:sha256hex,…`; empty when any part does not fit, so that a typing error locks nobody in by half. */
export const parseTokens = (text: string): readonly StoredToken[] => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const parsed = parts.map((part) => Token.safeParse(part.split(':')));
  return parsed.every(({ success }) => success) ? parsed.flatMap(({ data }) => (data ? [data] : [])) : [];
};

/** Whose token it is. Every stored hash is compared, each in constant time: the time taken tells nothing. */
export const principalOf = (authorization: string | undefined, tokens: readonly StoredToken[]): Principal | undefined => {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  const hash = createHash('sha256').update(token).digest();
  const [holder] = tokens.filter((stored) => timingSafeEqual(stored.hash, hash));
  return holder && { name: holder.name, role: holder.role };
};

export const mayActAs = (principal: Principal, needed: AccessRole): boolean =>
  ACCESS_ROLES.indexOf(principal.role) >= ACCESS_ROLES.indexOf(needed);
