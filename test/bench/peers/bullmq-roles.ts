import { FlowProducer, Worker } from 'bullmq';
import { connectStreams } from './streams.js';
import { Recorder, type Row } from './record.js';
import { addressOf, roleNamed, type RoleStart } from './role-start.js';
import { answer, ANSWERS, type Role } from './work.js';

/** What a job is given; `heard` unless it has children, whose answers it hears instead. */
export interface Task {
  readonly session: string;
  readonly heard?: string;
}

/** Channel on which sessions are named, one for each row that was committed, separated by spaces. */
export const COMMITTED = 'bench:committed';

export const connectionOf = (redisUrl: string) => ({ ...addressOf(redisUrl), maxRetriesPerRequest: null });

/** A finished job leaves nothing behind: what is kept has to be trimmed, which costs Redis more. */
const TIDY = { removeOnComplete: true, removeOnFail: true } as const;

/** A flow is a tree, so the diamond takes two: the solver's with the diagnostician below it, and this one, which the solver adds. */
export const firstFlow = (session: string, incident: string) => ({
  name: 'solve',
  queueName: 'solver' satisfies Role,
  data: { session } satisfies Task,
  opts: TIDY,
  children: [
    {
      name: 'diagnose',
      queueName: 'diagnostician' satisfies Role,
      data: { session, heard: incident } satisfies Task,
      opts: TIDY,
    },
  ],
});

const secondFlow = (session: string, proposal: string) => ({
  name: 'decide',
  queueName: 'coordinator' satisfies Role,
  data: { session } satisfies Task,
  opts: TIDY,
  children: (['reviewer', 'critic'] satisfies Role[]).map((role) => ({
    name: 'judge',
    queueName: role,
    data: { session, heard: proposal } satisfies Task,
    opts: TIDY,
  })),
});

/** One queue and one worker per role; more than these in work at once did not make it faster. */
const CONCURRENCY = 100;
const CHILDREN: Partial<Record<Role, number>> = { solver: 1, coordinator: 2 };

const start =
  (gated: boolean): RoleStart =>
  async (name, { redisUrl, databaseUrl }, onFault) => {
    const role = roleNamed(name);
    const connection = connectionOf(redisUrl);
    const recorder = await Recorder.open(databaseUrl, onFault, gated ? await announcer(redisUrl, onFault) : undefined);
    const flows = role === 'solver' ? new FlowProducer({ connection }) : undefined;
    flows?.on('error', onFault);
    const worker = new Worker<Task, string>(
      role,
      async (job) => {
        const { session, heard } = job.data;
        const questions = heard === undefined ? Object.values(await job.getChildrenValues<string>()) : [heard];
        if (questions.length !== (CHILDREN[role] ?? 1))
          throw new Error(`The ${role} heard ${questions.length} messages in ${session}.`);
        const payload = answer(role, session, questions);
        recorder.add({ session, step: ANSWERS[role], payload });
        await flows?.add(secondFlow(session, payload));
        return payload;
      },
      { connection, concurrency: CONCURRENCY },
    );
    worker.on('error', onFault);
    worker.on('failed', (_job, fault) => onFault(fault));
    await worker.waitUntilReady();
  };

export const startGated = start(true);
export const startUngated = start(false);

const announcer = async (redisUrl: string, onFault: (fault: Error) => void): Promise<(rows: readonly Row[]) => void> => {
  const redis = await connectStreams(redisUrl, onFault);
  return (rows) => void redis.publish(COMMITTED, rows.map(({ session }) => session).join(' ')).catch(onFault);
};
