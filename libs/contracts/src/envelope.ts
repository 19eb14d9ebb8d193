import { Json } from './json.js';
import { z } from 'zod';
import { Sha256, Timestamp } from './bounds.js';
import { Mind, Role, Vote } from './roles.js';

export const SCHEMA_VERSION = 1;

/** The place an event takes within (session, role, round); with them it is the primary key of `agent_sessions`. */
export const Slot = z.union([z.enum(['opened', 'answer', 'decision']), z.string().regex(/^lifecycle:\d{1,6}$/)]);
export type Slot = z.infer<typeof Slot>;

/** A cause is named by id and by hash, so a session is a Merkle DAG and its decision commits to the whole debate. */
export const Cause = z.object({ eventId: z.uuid(), eventHash: Sha256 });
export type Cause = z.infer<typeof Cause>;

/** What one model call consumed. `costUsd` is computed from the price table of the model adapter. */
export const Usage = z.object({
  model: z.string().max(200),
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  cacheReadTokens: z.int().min(0).default(0),
  cacheWriteTokens: z.int().min(0).default(0),
  costUsd: z.number().min(0),
});
export type Usage = z.infer<typeof Usage>;

/** The fields that every message carries beside its `type` and `data`. */
export const envelopeFields = {
  /** UUIDv5 of session, role, round and slot: a repeat is recognised by it. */
  eventId: z.uuid(),
  sessionId: z.uuid(),
  incidentId: z.uuid(),
  /** The seat that this message fills. */
  role: Role,
  /** Equal to `role` when the Coordinator filled the seat because nobody had answered in time; else null. */
  onBehalfOf: Role.nullable().default(null),
  /** 1 in this version; reserved. */
  round: z.int().min(1).max(100),
  slot: Slot,
  schemaVersion: z.int().min(1),
  mind: Mind,
  degraded: z.boolean(),
  vote: Vote.nullable(),
  promptHash: Sha256.nullable(),
  /** The version of gates and rules in force when the message was made. */
  ruleSet: z.string().max(100),
  latencyMs: z.int().min(0),
  traceparent: z.string().max(100).nullable(),
  occurredAt: Timestamp,
  causes: z.array(Cause).max(10),
  usage: Usage.nullable().default(null),
  outputHash: Sha256,
  inputHash: Sha256,
  /** Over the envelope without `eventHash` itself. `seq` is not part of it: the publish script gives it later. */
  eventHash: Sha256,
} as const;

/** A message schema: the envelope, a type in the past tense, and its data. */
export const message = <const T extends string, D extends z.ZodType>(type: T, data: D) =>
  z.object({ ...envelopeFields, type: z.literal(type), data });

/** Any envelope, whatever its type and data: what transports and the record need to know of a message. */
export const Envelope = z.object({ ...envelopeFields, type: z.string().regex(/^[a-z]+\.[a-z-]+$/), data: Json });
export type Envelope = z.infer<typeof Envelope>;
