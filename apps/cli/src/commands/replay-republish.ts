import { Message, seatOf, type Role } from '@inquest/contracts';
import { addressees } from '@inquest/debate';
import type { StoredEntry, StreamEntry } from '@inquest/streams';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError, EXIT } from '../exit-codes.js';
import type { RecordedEvent } from '../gateway-answers.js';
import { Timeline } from '../render/timeline.js';
import { count } from '../render/units.js';
import type { ServerState } from '../state-file.js';
import type { Terminal } from '../terminal.js';

/** Who can be asked again. */
export const REPUBLISH_ROLES = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single'];

/**
 * The fresh stream's clock runs this far ahead. A role whose time is up does not answer, and the limits stand in the
 * recorded messages, which are not to be touched: so the question is asked in an hour, and may be answered until then.
 */
const AHEAD_MS = 3_600_000;
/** The number of the Redis database for this: the services all use number 0. */
const DEBUG_DATABASE = 1;
const ANSWER_EVERY_MS = 300;

interface Target {
  readonly role: string;
  readonly redisUrl: string | undefined;
  readonly state: ServerState | undefined;
}

/** Puts what a role had heard on a fresh stream and asks it again, where no other service listens. */
export const republish = async (
  events: readonly RecordedEvent[],
  { role, redisUrl, state }: Target,
  terminal: Terminal,
): Promise<void> => {
  const { heard, question, sessionId } = heardBy(events, role);
  const url = redisUrl ?? (state && debugDatabase(state.redisUrl));
  if (!url)
    throw new CommandError(
      'No Redis is known to republish to.',
      EXIT.usage,
      'Name one that no service of the session uses: --redis redis://127.0.0.1:6379/1',
    );
  const { closeRedis, connectRedis, SessionStreams } = await import('@inquest/streams');
  const { STREAM_OPTIONS } = await import('@inquest/agent');
  const redis = connectRedis(url, { name: 'inquest-republish' });
  try {
    const streams = new SessionStreams(redis, STREAM_OPTIONS);
    await streams.rebuild(sessionId, heard, false, { replace: true });
    await streams.wake(role, sessionId, question);
    for (const line of instructions(url, role, heard.length, sessionId, state, terminal)) terminal.out(line);
    if (!terminal.style.live) return;
    const { id, seq, body } = await answerOf(role, () => streams.read(sessionId, heard.at(-1)?.id), terminal.interrupted);
    const answer = { seq, streamId: id, message: Message.parse(JSON.parse(body)) };
    for (const line of ['', ...new Timeline(terminal.style).lines(answer)]) terminal.out(line);
  } finally {
    await closeRedis(redis);
  }
};

/** The role's answer, as soon as it is there; Ctrl-C ends the waiting. */
const answerOf = async (role: string, read: () => Promise<StreamEntry[]>, signal: AbortSignal): Promise<StreamEntry> => {
  for (;;) {
    const answer = (await read()).find((entry) => entry.role === role);
    if (answer) return answer;
    await pause(ANSWER_EVERY_MS, undefined, { signal });
  }
};

const debugDatabase = (redisUrl: string): string | undefined =>
  redisUrl.includes(',') || redisUrl.includes('+cluster') ? undefined : `${redisUrl.replace(/\/\d*$/, '')}/${DEBUG_DATABASE}`;

interface Heard {
  readonly sessionId: string;
  readonly heard: readonly StoredEntry[];
  readonly question: StreamEntry;
}

/** Everything before the role's own answer, and the last message that was a question to it. */
const heardBy = (events: readonly RecordedEvent[], role: string): Heard => {
  const opened = events[0]?.published.message;
  const path = opened?.type === 'session.opened' ? opened.data.path : 'debate';
  const answered = events.findIndex(({ published: { message } }) => message.role === role || isEnd(message.type));
  const before = answered < 0 ? events : events.slice(0, answered);
  const entries = shifted(before);
  const asking = before.findLastIndex(({ published: { message } }) => addressees(message.type, path).includes(role as Role));
  const question = entries[asking];
  if (!opened || !question)
    throw new CommandError(`Nobody asked the ${role} in this session, which took the path "${path}".`, EXIT.failed);
  return { sessionId: opened.sessionId, heard: entries, question: { ...question, traceparent: null } };
};

const isEnd = (type: string): boolean => type === 'decision.made' || type === 'session.failed';

const shifted = (events: readonly RecordedEvent[]): StoredEntry[] => {
  const startMs = Date.now() + AHEAD_MS;
  return events.map(({ published: { seq, message }, raw }, index) => ({
    id: `${startMs}-${index}`,
    seq,
    key: seatOf(message),
    type: message.type,
    role: message.role,
    body: JSON.stringify(raw),
  }));
};

const instructions = (
  url: string,
  role: string,
  amount: number,
  sessionId: string,
  state: ServerState | undefined,
  { style }: Terminal,
): string[] => {
  const { colour } = style;
  const database = state ? `DATABASE_URL='${state.databaseUrl}' ` : '';
  return [
    `${count(amount, 'message')} put on a fresh stream; the ${role} is asked and has an hour.`,
    '',
    colour.dim('Start it under a debugger:'),
    `  REDIS_URL='${url}' ${database}PORT=0 node --inspect-brk dist/apps/${role}/main.js`,
    ...(style.live
      ? ['', colour.dim('Waiting for its answer; Ctrl-C leaves the question where it is.')]
      : [colour.dim('Then see what it answered:'), `  redis-cli -u '${url}' XRANGE aiops:agent:${sessionId} - +`]),
  ];
};
