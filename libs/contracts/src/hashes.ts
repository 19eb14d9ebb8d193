import { hash } from 'node:crypto';
import { canonicalJson, canonicalObject } from './canonical-json.js';
import type { Cause, Envelope } from './envelope.js';
import type { Role } from './roles.js';

/** SHA-256, in lower-case hex, over the RFC 8785 form of a JSON value. */
export const sha256Json = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex');

/** Over the data alone: what a recomputed answer is compared by. Data holds no clock value. */
export const outputHash = (data: unknown): string => sha256Json(data);

/** Over the sorted event hashes of the causes: equal inputs give equal hashes, in whatever order they arrived. */
export const inputHash = (causes: readonly Cause[]): string => sha256Json(causes.map((cause) => cause.eventHash).sort());

/** Over the whole envelope but `eventHash`; `seq` and the stream id are given later and are covered by the ledger. */
export const eventHash = (envelope: Omit<Envelope, 'eventHash'> & { eventHash?: string }): string => {
  const { eventHash: _own, ...rest } = envelope;
  return sha256Json(rest);
};

/** Completes an envelope with the hashes over its data and over all of it; the data's canonical form is made once for both. */
export const withHashes = <E extends { readonly data: unknown }>(envelope: E): E & { outputHash: string; eventHash: string } => {
  const form = canonicalJson(envelope.data);
  const complete = { ...envelope, outputHash: hash('sha256', form, 'hex') };
  return { ...complete, eventHash: hash('sha256', canonicalObject(complete, { name: 'data', form }), 'hex') };
};

/** UUIDv5 namespace of event ids, 7b0c1b5e-6f0e-4c0a-9a43-2d0f6d1f3a57; chosen once, at random. */
const EVENT_NAMESPACE = Buffer.from('7b0c1b5e6f0e4c0a9a432d0f6d1f3a57', 'hex');
const NAMESPACE_BYTES = EVENT_NAMESPACE.length;

/**
 * The id of the one event that may fill (session, role, round, slot): a UUIDv5. Made here and not by a library, which takes four times
 * as long, because whoever verifies the record makes one for every row.
 */
export const eventIdOf = (sessionId: string, role: Role, round: number, slot: string): string => {
  const name = `${sessionId}/${role}/${round}/${slot}`;
  const bytes = Buffer.allocUnsafe(NAMESPACE_BYTES + Buffer.byteLength(name, 'utf8'));
  EVENT_NAMESPACE.copy(bytes);
  bytes.write(name, NAMESPACE_BYTES, 'utf8');
  const hex = hash('sha1', bytes, 'hex');
  const variant = VARIANTS[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** The two highest bits of a UUID's clock sequence are 10. */
const VARIANTS = '89ab';
