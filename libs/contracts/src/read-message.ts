import { SCHEMA_VERSION } from './envelope.js';
import { Message, type MessageType } from './messages.js';
import type { Role } from './roles.js';
import { safely } from './safely.js';

/** Who may say what. A seat is filled by nobody else, even when the data would fit. */
const SPEAKERS: Readonly<Record<MessageType, readonly Role[]>> = {
  'session.opened': ['gateway'],
  'diagnosis.reported': ['diagnostician'],
  'plan.proposed': ['solver'],
  'verdict.given': ['reviewer'],
  'critique.raised': ['critic'],
  'decision.made': ['coordinator', 'single'],
  'session.failed': ['coordinator', 'recorder'],
};

/** False when this version knows the type and the role has no business saying it. */
export const maySay = (role: string, type: string): boolean =>
  !Object.hasOwn(SPEAKERS, type) || (SPEAKERS[type as MessageType] as readonly string[]).includes(role);

/**
 * What a parsed JSON value is to this version: a message; one that only a newer version can read, which is set aside and
 * never guessed at, though it may look like one of ours; or none at all, with the reason.
 */
export type MessageReading =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'newer'; readonly schemaVersion: number }
  | { readonly kind: 'unreadable'; readonly problems: string };

const PROBLEMS_MAX = 20;

/** Never throws, whatever it is given. */
export const readMessage = (raw: unknown): MessageReading => {
  const schemaVersion = versionOf(raw);
  if (schemaVersion > SCHEMA_VERSION) return { kind: 'newer', schemaVersion };
  const parsed = safely(Message, raw);
  if (!parsed.success) return unreadable(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const { role, type } = parsed.data;
  return maySay(role, type) ? { kind: 'message', message: parsed.data } : unreadable([`role: ${role} never says ${type}`]);
};

const versionOf = (raw: unknown): number => {
  const given: unknown = typeof raw === 'object' && raw !== null && 'schemaVersion' in raw ? raw.schemaVersion : undefined;
  return typeof given === 'number' ? given : SCHEMA_VERSION;
};

const unreadable = (problems: readonly string[]): MessageReading => ({
  kind: 'unreadable',
  problems: problems.slice(0, PROBLEMS_MAX).join('; '),
});
