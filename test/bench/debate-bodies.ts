import { causeOf, Message, seal, type Cause } from '@inquest/contracts';
import { v7 } from 'uuid';
import { fieldOf, goldenStreams } from '../golden/files.js';

const SCHEMA_VERSION = 1;

/** Recorded debates, message by message. */
const debates = (): Message[][] =>
  goldenStreams(SCHEMA_VERSION).flatMap(({ session }) => {
    const bodies = session.map((entry) => fieldOf(entry, 'body') ?? '');
    const messages = bodies.flatMap((body) => Message.safeParse(jsonOrNull(body)).data ?? []);
    return messages.length === 6 && bodies.length === 6 ? [messages] : [];
  });

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // One of the golden streams holds what cannot be read.
  }
};

/** Debates of six messages each as somebody would hold them today: new ids, all hashes as they have to be. */
export const newDebates = (count: number): Message[][] => {
  const templates = debates();
  return Array.from({ length: count }, (_, index) => anew(templates[index % templates.length] ?? []));
};

/** The one with the most to say: all roles were heard and a plan is on the table. */
export const longestDebate = (): Message[] => {
  const [longest = []] = debates().sort((left, right) => JSON.stringify(right).length - JSON.stringify(left).length);
  return longest;
};

const anew = (debate: readonly Message[]): Message[] => {
  const [sessionId, incidentId] = [v7(), v7()];
  const causes = new Map<string, Cause>();
  return debate.map((message) => {
    const sealed = seal({
      ...message,
      sessionId,
      incidentId,
      causes: message.causes.flatMap(({ eventId }) => causes.get(eventId) ?? []),
    });
    causes.set(message.eventId, causeOf(sealed));
    return sealed;
  });
};
