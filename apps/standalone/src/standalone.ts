import type { Terminal } from '@inquest/cli';
import { join } from 'node:path';
import { demonstrate } from './demo.js';
import { freeDoor } from './free-door.js';
import { Greeting } from './greeting.js';
import { startPlatform } from './platform.js';
import { removeServerState, writeServerState } from './server-state.js';
import { loadServices } from './services.js';

export interface StandaloneOptions {
  readonly dataDir: string;
  /** Incident that is debated at the start; none with `--no-demo`. */
  readonly incidentFile: string | undefined;
  readonly quiet: boolean;
  readonly terminal: Terminal;
}

const STANDARD_PORT = 8080;

/** Starts everything, shows the first debate, then serves until the terminal is interrupted; then stops everything. */
export const runStandalone = async ({ dataDir, incidentFile, quiet, terminal }: StandaloneOptions): Promise<void> => {
  const greeting = new Greeting(terminal, quiet);
  const { environment } = terminal;
  const undo: (() => Promise<void>)[] = [];
  greeting.hello();
  try {
    const startedAt = performance.now();
    const starting = startPlatform({ dataDir, environment, progress: (step) => greeting.progress(step) }).then((platform) => {
      undo.push(() => platform.stop());
      greeting.servers(platform, performance.now() - startedAt);
      return platform;
    });
    // Loading the code takes about as long as starting the servers: side by side.
    const [platform, startServices] = await Promise.all([starting, loadServices()]);

    const wanted = Number(environment.PORT || STANDARD_PORT);
    const port = await freeDoor(wanted);
    Object.assign(environment, platform.environment, { PORT: String(port), LOG_LEVEL: environment.LOG_LEVEL ?? 'warn' });

    const services = await startServices();
    undo.push(() => services.stop());
    greeting.services(performance.now() - startedAt, environment);

    const url = `http://127.0.0.1:${port}`;
    await writeServerState(dataDir, url, platform);
    undo.push(() => removeServerState(dataDir));
    greeting.door(url, port, wanted);
    if (incidentFile) await demonstrate({ url, token: platform.token }, incidentFile, terminal);
    greeting.serving(url, join(dataDir, 'admin-token'));
    await interruption(terminal.interrupted);
  } catch (error) {
    if (!terminal.interrupted.aborted) throw error;
  } finally {
    const stoppingAt = performance.now();
    greeting.stopping();
    for (const step of undo.reverse()) await step();
    greeting.stopped(performance.now() - stoppingAt);
  }
};

const interruption = async (signal: AbortSignal): Promise<void> =>
  signal.aborted ? undefined : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
