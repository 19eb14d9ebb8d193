import { freePort } from '@inquest/servers';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceProcess } from './service-process.js';

/** In the order in which they start; they stop the other way round, so the recorder hears the last word. */
export const SERVICES = [
  'recorder',
  'diagnostician',
  'solver',
  'reviewer',
  'critic',
  'coordinator',
  'single',
  'gateway',
] as const;
export type Service = (typeof SERVICES)[number];

export interface ProcessesOptions {
  /** How many of each; a number counts for all. Standard 1. Zero leaves a service out. */
  readonly replicas?: number | Partial<Record<Service, number>>;
  /** REDIS_URL, DATABASE_URL, INQUEST_TOKENS, … for every process, beside our own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the repository is; standard: the working directory. */
  readonly rootDir?: string;
  /** False: runs the modules that the bundles are made of, which a test can patch one by one. Standard true. */
  readonly bundled?: boolean;
  /** Of the first gateway; standard any free one. */
  readonly port?: number;
  readonly onLine?: (name: string, line: string) => void;
  readonly onLost?: (name: string, how: string) => void;
}

/** All services as processes of their own. */
export interface Processes {
  /** Of the first gateway. */
  readonly url: string;
  /** Base URL of each replica, by index: /healthz, /readyz, /metrics. */
  urls(service: Service): string[];
  /** Process ids per service, of those that live, by index. */
  pids(): Record<Service, number[]>;
  /** Resolves when the process is gone. Standard SIGKILL. */
  kill(service: Service, index: number, signal?: NodeJS.Signals): Promise<void>;
  /** A new process in the place of one that ended, with the same port and consumer name; `env` is for this one alone. */
  restart(service: Service, index: number, env?: Readonly<Record<string, string>>): Promise<void>;
  /** Drains and ends all of them; whoever takes longer than `graceMs` is killed. */
  stop(graceMs?: number): Promise<void>;
}

const GRACE_MS = 20_000;

/** Starts every service as `node dist/apps/<service>/main.js` and resolves when all are ready. */
export const startProcesses = async (options: ProcessesOptions): Promise<Processes> => {
  const running = new Map<string, ServiceProcess>();
  const doors = new Map<string, number>();
  const start = async (service: Service, index: number, env: Readonly<Record<string, string>> = {}): Promise<void> => {
    const key = `${service}.${index}`;
    const port = doors.get(key) ?? (service === 'gateway' && index === 0 ? options.port : undefined) ?? (await freePort());
    doors.set(key, port);
    running.set(key, await ServiceProcess.start({ service, index, port, ...launchOf(service, options, env) }));
  };
  const stop = async (graceMs = GRACE_MS): Promise<void> => {
    const all = [...running].reverse();
    const recorders = all.filter(([key]) => key.startsWith('recorder.'));
    await Promise.all(all.filter(([key]) => !key.startsWith('recorder.')).map(([, one]) => one.stop(graceMs)));
    await Promise.all(recorders.map(([, one]) => one.stop(graceMs)));
  };
  const wanted = SERVICES.flatMap((service) =>
    Array.from({ length: replicasOf(service, options) }, (_, index) => ({ service, index })),
  );
  const outcomes = await Promise.allSettled(wanted.map(({ service, index }) => start(service, index)));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await stop(2_000);
    throw failure.reason;
  }
  /** By index: they became ready in any order. */
  const of = (service: Service): ServiceProcess[] =>
    Array.from({ length: replicasOf(service, options) }, (_, index) => running.get(`${service}.${index}`)).filter(
      (one) => one !== undefined,
    );
  const one = (service: Service, index: number): ServiceProcess => {
    const found = running.get(`${service}.${index}`);
    if (found) return found;
    throw new RangeError(`There is no ${service}.${index}.`);
  };
  return {
    url: of('gateway')[0]?.url ?? '',
    urls: (service) => of(service).map(({ url }) => url),
    pids: () =>
      Object.fromEntries(
        SERVICES.map((service) => [
          service,
          of(service)
            .filter(({ hasEnded }) => !hasEnded)
            .map(({ pid }) => pid),
        ]),
      ) as Record<Service, number[]>,
    kill: (service, index, signal = 'SIGKILL') => one(service, index).kill(signal),
    restart: async (service, index, own) => {
      await one(service, index).stop(GRACE_MS);
      await start(service, index, own);
    },
    stop,
  };
};

const replicasOf = (service: Service, { replicas = 1 }: ProcessesOptions): number =>
  typeof replicas === 'number' ? replicas : (replicas[service] ?? 1);

const ignore = (): void => undefined;

const launchOf = (
  service: Service,
  { env, rootDir = process.cwd(), bundled = true, onLine = ignore, onLost = ignore }: ProcessesOptions,
  own: Readonly<Record<string, string>>,
) => {
  const script = bundled ? join(rootDir, 'dist/apps', service, 'main.js') : join(rootDir, 'apps', service, 'dist/main.js');
  if (!existsSync(script)) throw new Error(`${script} does not exist; build it with "npm run build".`);
  return { script, environment: { INQUEST_SHUTDOWN_DELAY_MS: '0', ...process.env, ...env, ...own }, onLine, onLost };
};
