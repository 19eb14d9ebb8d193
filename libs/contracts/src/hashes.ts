import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { parse, v5 } from 'uuid';
import type { Cause, Envelope } from './envelope.js';
import type { Role } from './roles.js';

/** SHA-256, in lower-case hex, over the RFC 8785 form of a JSON value. */
export const sha256Json = (value: unknown): string => {
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new TypeError('Only JSON values can be hashed; got undefined or a function.');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
};

/** Over the data alone: what a recomputed answer is compared by. Data holds no clock value. */
export const outputHash = (data: unknown): string => sha256Json(data);

/** Over the sorted event hashes of the causes: equal inputs give equal hashes, in whatever order they arrived. */
export const inputHash = (causes: readonly Cause[]): string => sha256Json(causes.map((cause) => cause.eventHash).sort());

/** Over the whole envelope but `eventHash`; `seq` and the stream id are given later and are covered by the ledger. */
export const eventHash = (envelope: Omit<Envelope, 'eventHash'> & { eventHash?: string }): string => {
  const { eventHash: _own, ...rest } = envelope;
  return sha256Json(rest);
};

/** UUIDv5 namespace of event ids; chosen once, at random. */
const EVENT_NAMESPACE = parse('7b0c1b5e-6f0e-4c0a-9a43-2d0f6d1f3a57');

/** The id of the one event that may fill (session, role, round, slot). */
export const eventIdOf = (sessionId: string, role: Role, round: number, slot: string): string =>
  v5(Buffer.from(`${sessionId}/${role}/${round}/${slot}`, 'utf8'), EVENT_NAMESPACE); // As bytes: text is three times slower.
