import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import type { Contender, Running } from '../contender.js';
import type { BenchServers } from '../servers.js';
import { poolOf, Recorder, Tables } from './record.js';
import { Waiting } from './waiting.js';
import { answer, ANSWERS, message, newSession, read, type Role, type Step } from './work.js';

const State = Annotation.Root({
  session: Annotation<string>,
  incident: Annotation<string>,
  diagnosis: Annotation<string>,
  proposal: Annotation<string>,
  review: Annotation<string>,
  critique: Annotation<string>,
  decision: Annotation<string>,
});

/** A node per role, in one process. Every step is checkpointed before the next one begins. */
const graphOf = (recorder: Recorder, saver: PostgresSaver) => {
  const role =
    (name: Role, ...inputs: readonly Step[]) =>
    (state: typeof State.State) => {
      const heard = inputs.map((input) => state[input]);
      const payload = answer(name, state.session, heard);
      recorder.add({ session: state.session, step: ANSWERS[name], payload });
      return { [ANSWERS[name]]: payload };
    };
  return new StateGraph(State)
    .addNode('diagnostician', role('diagnostician', 'incident'))
    .addNode('solver', role('solver', 'diagnosis'))
    .addNode('reviewer', role('reviewer', 'proposal'))
    .addNode('critic', role('critic', 'proposal'))
    .addNode('coordinator', role('coordinator', 'review', 'critique'))
    .addEdge(START, 'diagnostician')
    .addEdge('diagnostician', 'solver')
    .addEdge('solver', 'reviewer')
    .addEdge('solver', 'critic')
    .addEdge(['reviewer', 'critic'], 'coordinator')
    .addEdge('coordinator', END)
    .compile({ checkpointer: saver });
};

/** What the saver would choose by itself. */
const POOL_MAX = 10;

const start = async ({ databaseUrl }: BenchServers): Promise<Running> => {
  const waiting = new Waiting();
  const tables = await Tables.create(databaseUrl, waiting.fail);
  const recorder = await Recorder.open(databaseUrl, waiting.fail);
  const pool = poolOf(databaseUrl, POOL_MAX);
  const saver = new PostgresSaver(pool, undefined, { schema: 'langgraph' });
  await saver.setup();
  const graph = graphOf(recorder, saver);

  return {
    debate: () => {
      const session = newSession();
      return waiting.until(session, async () => {
        const incident = message(session, 'incident');
        recorder.add({ session, step: 'incident', payload: incident });
        const { decision } = await graph.invoke(
          { session, incident },
          { configurable: { thread_id: session }, durability: 'sync' },
        );
        waiting.handOut(read(decision));
      });
    },
    rows: () => tables.rows(),
    pids: () => [process.pid],
    stop: async () => {
      await recorder.close();
      await Promise.all([pool.end(), tables.close()]);
    },
  };
};

/** In the bench's own process, as it is meant to be used: calls between roles cost nothing, checkpoints do. */
export const langgraph: Contender = { key: 'langgraph', title: 'LangGraph.js with PostgresSaver', start };
