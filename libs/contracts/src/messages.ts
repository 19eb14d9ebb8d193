import { z } from 'zod';
import { CritiqueRaised } from './critique-raised.js';
import { DecisionMade } from './decision-made.js';
import { DiagnosisReported } from './diagnosis-reported.js';
import { PlanProposed } from './plan-proposed.js';
import { SessionFailed } from './session-failed.js';
import { SessionOpened } from './session-opened.js';
import { VerdictGiven } from './verdict-given.js';

/** Every message of a debate. */
export const Message = z.discriminatedUnion('type', [
  SessionOpened,
  DiagnosisReported,
  PlanProposed,
  VerdictGiven,
  CritiqueRaised,
  DecisionMade,
  SessionFailed,
]);
export type Message = z.infer<typeof Message>;
export type MessageType = Message['type'];

/** A session ends with exactly one of these. */
export const TERMINAL_TYPES = ['decision.made', 'session.failed'] as const satisfies MessageType[];
export const isTerminal = (type: string): boolean => (TERMINAL_TYPES as readonly string[]).includes(type);

/** A message as it stands in a stream or in the record: with its place in the session and its stream entry's id. */
export interface Published<M extends Message = Message> {
  /** 1, 2, … within the session, given by the publish script. */
  readonly seq: number;
  /** Redis time id, `<ms>-<n>`; the milliseconds are when Redis took it in. */
  readonly streamId: string;
  readonly message: M;
}
