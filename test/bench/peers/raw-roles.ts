import type { Redis } from 'ioredis';
import { Gate } from './gate.js';
import { connectPostgres, insertRows } from './record.js';
import { roleNamed, type RoleServers, type RoleStart } from './role-start.js';
import {
  acknowledge,
  add,
  type Batch,
  type Command,
  connectStreams,
  consume,
  type Entry,
  RELEASED,
  sendAll,
  streamOf,
} from './streams.js';
import { answer, ANSWERS, type Role, STEPS } from './work.js';

/** What each role waits for. */
export const INPUTS: Record<Role, string> = {
  diagnostician: streamOf('incident'),
  solver: streamOf('diagnosis'),
  reviewer: streamOf('proposal'),
  critic: streamOf('proposal'),
  coordinator: streamOf('review'),
};

export const RECORDER = 'recorder';
export const RECORDED: readonly string[] = [...new Set(STEPS.map(streamOf))];

type Fault = (fault: Error) => void;
interface Lines {
  readonly reader: Redis;
  readonly writer: Redis;
}

const start =
  (gated: boolean): RoleStart =>
  async (name, servers, onFault) => {
    const { redisUrl } = servers;
    const lines = { reader: await connectStreams(redisUrl, onFault), writer: await connectStreams(redisUrl, onFault) };
    if (name === RECORDER) await record(lines, servers, gated, onFault);
    else work(lines, roleNamed(name), onFault);
  };

export const startGated = start(true);
export const startUngated = start(false);

/** Answers whatever was read at once, and reads on while the answers are on their way. */
const work = ({ reader, writer }: Lines, role: Role, onFault: Fault): void => {
  const input = INPUTS[role];
  const output = streamOf(ANSWERS[role]);
  const take = role === 'coordinator' ? pairs() : single;
  const handle = ([batch]: readonly Batch[]): void => {
    const answers: Command[] = [];
    const answered: Entry[] = [];
    for (const entry of batch?.entries ?? []) {
      const question = take(entry);
      if (!question) continue;
      answers.push(
        add(
          output,
          entry.session,
          ANSWERS[role],
          answer(
            role,
            entry.session,
            question.map(({ payload }) => payload),
          ),
        ),
      );
      answered.push(...question);
    }
    if (answers.length > 0) sendAll(writer, [...answers, acknowledge({ stream: input, entries: answered }, role)]).catch(onFault);
  };
  consume(reader, role, [input], handle).catch(onFault);
};

/** With one more entry: everything that a role has to hear before it answers, or undefined while some of it is missing. */
type Take = (entry: Entry) => readonly Entry[] | undefined;

const single: Take = (entry) => [entry];

const pairs = (): Take => {
  const halves = new Map<string, Entry>();
  return (entry) => {
    const half = halves.get(entry.session);
    if (half) halves.delete(entry.session);
    else halves.set(entry.session, entry);
    return half && [half, entry];
  };
};

/** Commits whatever was read at once, and reads on while that commits. */
const record = async ({ reader, writer }: Lines, { databaseUrl }: RoleServers, gated: boolean, onFault: Fault): Promise<void> => {
  const client = await connectPostgres(databaseUrl, onFault);
  const released: Command[] = [];
  const gate = new Gate((session, decision) => released.push(add(RELEASED, session, 'decision', decision)));
  const commit = async (batches: readonly Batch[]): Promise<void> => {
    const rows = batches.flatMap(({ entries }) => entries);
    await insertRows(client, rows);
    if (gated)
      for (const { session, step, payload } of rows) {
        if (step === 'decision') gate.decided(session, payload);
        gate.committed(session);
      }
    const acks = batches.map((batch) => acknowledge(batch, RECORDER));
    sendAll(writer, [...released.splice(0), ...acks]).catch(onFault);
  };
  let committing = Promise.resolve();
  const handle = async (batches: readonly Batch[]): Promise<void> => {
    await committing;
    committing = commit(batches);
    committing.catch(onFault);
  };
  consume(reader, RECORDER, RECORDED, handle).catch(onFault);
};
