import { debate, GatewayClient, processTerminal, readScenario, readServerState } from '@inquest/cli';
import type { Published } from '@inquest/contracts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from './app-start.js';

/** Milliseconds from `npm start` on. */
export interface FirstDebate {
  /** Until the gateway says that it is ready. */
  readonly doorMs: number;
  /** Until the decision of an incident that was handed in at that moment has been committed and sent. */
  readonly decisionMs: number;
  /** The server, with everything but Redis and PostgreSQL, after the debate. */
  readonly residentMb: number;
}

const INCIDENT = 'apps/standalone/incidents/payments-api-oom.json';

/**
 * Starts Inquest as a user does and hands an incident in as soon as the door is open.
 * @param dataDir empty for what the first start on a machine costs once its programs are fetched.
 */
export const firstDebate = async (dataDir: string, residentMbOf: (pid: number) => number): Promise<FirstDebate> => {
  const { signal } = new AbortController();
  const scenario = await readScenario(INCIDENT, processTerminal(signal));
  const server = await startApp(
    { command: 'npm', args: ['start', '--silent', '--', '--no-demo', '--quiet'], env: { INQUEST_DATA_DIR: dataDir } },
    async (npm) => {
      const state = await readServerState(dataDir);
      if (state)
        process.kill(state.pid, 'SIGTERM'); // npm ends with it.
      else npm.kill('SIGTERM');
    },
  );
  try {
    const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    const gateway = new GatewayClient({ url: server.url, token });
    const follow = async (sessionId: string): Promise<Published[]> => {
      const messages: Published[] = [];
      for await (const message of gateway.events(sessionId)) messages.push(message);
      return messages;
    };
    const { messages } = await debate(gateway, scenario, follow, signal);
    const decisionMs = server.since();
    if (messages.at(-1)?.message.type !== 'decision.made') throw new Error('The first debate ended without a decision.');
    const state = await readServerState(dataDir);
    return { doorMs: server.readyMs, decisionMs, residentMb: state ? residentMbOf(state.pid) : Number.NaN };
  } finally {
    await server.stop();
  }
};
