import { Outcome, readMessage, Role, Severity, type Published } from '@inquest/contracts';
import { z } from 'zod';

/** What the gateway answers, as far as the command line reads it; unknown keys are a newer server's and are dropped. */
export const Receipt = z.object({
  /** Of the first alert that opened a session; null when none did. */
  sessionId: z.string().nullable(),
  results: z.array(z.object({ result: z.string(), title: z.string(), reason: z.string().optional() })),
});
export type Receipt = z.infer<typeof Receipt>;

const Place = z.object({ seq: z.int().min(1), streamId: z.string() });

/** One event of a session: as we understand it, and its message exactly as published, which alone may be hashed. */
export const RecordedEvent = Place.extend({ message: z.record(z.string(), z.unknown()) }).transform(
  ({ seq, streamId, message }, context) => {
    const reading = readMessage(message);
    if (reading.kind === 'message')
      return { published: { seq, streamId, message: reading.message } satisfies Published, raw: message };
    const newer = 'a newer version of Inquest wrote it; upgrade this one to read it';
    const problem = reading.kind === 'newer' ? `${newer} (schema version ${reading.schemaVersion})` : reading.problems;
    context.addIssue({ code: 'custom', message: `message ${seq} cannot be read: ${problem}` });
    return z.NEVER;
  },
);
export type RecordedEvent = z.infer<typeof RecordedEvent>;

/** RFC 9457. Validation faults of some servers come in `message` alone. */
export const ProblemDetails = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  message: z.union([z.string(), z.array(z.string()).transform((all) => all.join('; '))]).optional(),
});

const OutcomeOrFailed = z.union([Outcome, z.literal('failed')]).nullable();

export const SessionLine = z.object({
  sessionId: z.string(),
  incidentId: z.string(),
  title: z.string(),
  severity: Severity,
  path: z.string(),
  status: z.enum(['accepted', 'open', 'decided', 'failed']),
  outcome: OutcomeOrFailed,
  gate: z.number().nullable(),
  confidence: z.number().nullable(),
  degraded: z.boolean(),
  acceptedAt: z.string(),
  endedAt: z.string().nullable(),
  events: z.number(),
});
export type SessionLine = z.infer<typeof SessionLine>;
export const SessionsPage = z.object({ sessions: z.array(SessionLine), next: z.string().nullable().default(null) });

/** One row of `agent_sessions`. `message` keeps every key, so that what is exported can be hashed again. */
export const AuditEntry = z.looseObject({
  ...Place.shape,
  createdAt: z.string(),
  outcome: OutcomeOrFailed.default(null),
  gate: z.number().nullable().default(null),
  message: z.looseObject({
    sessionId: z.string(),
    incidentId: z.string(),
    role: Role,
    onBehalfOf: Role.nullable().default(null),
    slot: z.string(),
    type: z.string(),
    mind: z.string(),
    degraded: z.boolean(),
    vote: z.string().nullable(),
    latencyMs: z.number(),
    eventHash: z.string(),
    outputHash: z.string(),
  }),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = z.object({ entries: z.array(AuditEntry), next: z.string().nullable().default(null) });

export const PhaseState = z.object({
  phase: z.number(),
  enabled: z.boolean(),
  environment: z.boolean(),
  override: z.object({ enabled: z.boolean(), actor: z.string(), reason: z.string(), createdAt: z.string() }).nullable(),
});
export type PhaseState = z.infer<typeof PhaseState>;
export const Phases = z.object({ phases: z.array(PhaseState) });
export type Phases = z.infer<typeof Phases>;

export const DeadLetter = z.looseObject({
  id: z.string(),
  inbox: z.string(),
  reason: z.string(),
  detail: z.string(),
  /** Kind and place of the error; empty when there was none, or from a server that does not tell. */
  errorClass: z.string().default(''),
  advice: z.string().default(''),
  deliveries: z.number().default(0),
  /** What stood in the inbox. */
  fields: z.record(z.string(), z.string()),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
export const DeadLettersPage = z.object({ count: z.number(), letters: z.array(DeadLetter) });

export const ControlEvent = z.looseObject({
  kind: z.string(),
  subject: z.string(),
  actor: z.string(),
  reason: z.string(),
  createdAt: z.string(),
  data: z.looseObject({ title: z.string().optional().catch(undefined) }).default({}),
});
export type ControlEvent = z.infer<typeof ControlEvent>;
export const ControlsPage = z.object({ events: z.array(ControlEvent), next: z.string().nullable().default(null) });

export const ExecutionState = z.object({ stopped: z.boolean(), last: ControlEvent.nullable() });
export type ExecutionState = z.infer<typeof ExecutionState>;

const Window = { role: z.string(), period: z.string() };
export const BudgetsAnswer = z.object({
  limits: z.array(z.object({ ...Window, unit: z.enum(['usd', 'tokens']), max: z.number() })),
  spend: z.array(z.looseObject({ ...Window, startsAt: z.string(), usd: z.number(), tokens: z.number() })),
});
export type BudgetsAnswer = z.infer<typeof BudgetsAnswer>;
