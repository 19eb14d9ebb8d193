import { duration, type Terminal } from '@inquest/cli';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { freeDoor } from './free-door.js';
import { startPlatform, type Platform } from './platform.js';
import { SERVICES, startProcesses, type Processes } from './processes.js';
import { removeServerState, writeServerState } from './server-state.js';
import { renderServiceLine } from './service-log.js';

export interface DevelopmentOptions {
  readonly rootDir: string;
  readonly dataDir: string;
  readonly replicas: number;
  readonly terminal: Terminal;
}

/** Runs every service as a process of its own until the terminal is interrupted, and shows what they log. */
export const runDevelopment = async ({ rootDir, dataDir, replicas, terminal }: DevelopmentOptions): Promise<void> => {
  const { out, err, style, environment, interrupted } = terminal;
  const { dim, bold, yellow } = style.colour;
  out(dim(`Starting Redis, PostgreSQL and ${SERVICES.length * replicas} processes …`));
  const startedAt = performance.now();
  const platform = await startPlatform({ dataDir, environment, progress: (step) => out(dim(`  ${step}`)) });
  let processes: Processes | undefined;
  try {
    const environmentFile = await writeEnvironment(dataDir, platform);
    const hint = (name: string): string =>
      `node --enable-source-maps --env-file=${relativeOrWhole(rootDir, environmentFile)} dist/apps/${name.split('.')[0]}/main.js`;
    processes = await startProcesses({
      rootDir,
      replicas,
      env: platform.environment,
      port: await freeDoor(Number(environment.PORT || 8080)),
      onLine: (name, line) => out(renderServiceLine(name, line, style)),
      onLost: (name, how) =>
        err(`${yellow(`${name} ended (${how}); the others go on.`)} Start it again, here or under a debugger:\n  ${hint(name)}`),
    });
    await writeServerState(dataDir, processes.url, platform);
    out('');
    for (const [service, pids] of Object.entries(processes.pids()))
      out(`  ${service.padEnd(14)} ${dim(`pid ${pids.join(', ')}`)}`);
    out('');
    out(
      `  ${bold('Serving')} at ${processes.url} after ${duration(performance.now() - startedAt)}. ${dim('Debate something: npx inquest debate apps/standalone/incidents/payments-api-oom.json --watch')}`,
    );
    out(`  ${dim(`Ctrl-C stops everything. One service alone: ${hint('reviewer')}`)}`);
    if (!interrupted.aborted) await once(interrupted, 'abort');
  } finally {
    out(dim('Stopping …'));
    await removeServerState(dataDir);
    await processes?.stop();
    await platform.stop();
    out(dim('Stopped.'));
  }
};

/** What a service needs in order to join, for `node --env-file`. Holds secrets, so it is for its owner alone. */
const writeEnvironment = async (dataDir: string, { environment }: Platform): Promise<string> => {
  const file = join(dataDir, 'dev.env');
  const lines = Object.entries({ ...environment, PORT: '0' }).map(([name, value]) => `${name}=${value}`);
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
};

const relativeOrWhole = (from: string, to: string): string => (relative(from, to).startsWith('..') ? to : relative(from, to));
