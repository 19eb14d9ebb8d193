import { Logger } from '@nestjs/common';
import { ClientProxyFactory } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import type { Contender, Running } from '../contender.js';
import type { BenchServers } from '../servers.js';
import { transportOf, type Question } from './nest-redis-roles.js';
import { startProcesses } from './processes.js';
import { Recorder, Tables } from './record.js';
import { Waiting } from './waiting.js';
import { ANSWERS, message, newSession, read, ROLES, type Role, type Step } from './work.js';

const start = async (servers: BenchServers): Promise<Running> => {
  const waiting = new Waiting();
  const tables = await Tables.create(servers.databaseUrl, waiting.fail);
  const recorder = await Recorder.open(servers.databaseUrl, waiting.fail);
  const processes = await startProcesses('nest', ROLES, servers, waiting.fail);
  Logger.overrideLogger(['fatal', 'error', 'warn']); // It would tell of its connections on our standard output, where results go.
  const client = ClientProxyFactory.create(transportOf(servers.redisUrl));
  await client.connect();

  const said = (session: string, step: Step, payload: string): string => {
    recorder.add({ session, step, payload });
    return payload;
  };
  const ask = async (role: Role, session: string, ...heard: string[]): Promise<string> =>
    said(session, ANSWERS[role], await firstValueFrom(client.send<string, Question>(role, { session, heard })));
  const carryOut = async (session: string): Promise<void> => {
    const incident = said(session, 'incident', message(session, 'incident'));
    const diagnosis = await ask('diagnostician', session, incident);
    const proposal = await ask('solver', session, diagnosis);
    const verdicts = await Promise.all([ask('reviewer', session, proposal), ask('critic', session, proposal)]);
    waiting.handOut(read(await ask('coordinator', session, ...verdicts)));
  };

  return {
    debate: () => {
      const session = newSession();
      return waiting.until(session, () => carryOut(session));
    },
    rows: () => tables.rows(),
    pids: () => [process.pid, ...processes.pids],
    stop: async () => {
      await client.close();
      await processes.stop();
      await recorder.close();
      await tables.close();
    },
  };
};

/** Request and response by publish and subscribe: what is on its way when a process dies is lost, and the gateway leads every debate. */
export const nest: Contender = { key: 'nest', title: "NestJS' own Redis transport", start };
