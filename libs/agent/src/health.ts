import { Injectable } from '@nestjs/common';

type Probe = () => Promise<unknown>;

export interface Health {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

const PROBE_MS = 1_000;

/**
 * What this service knows of itself. Alive: its loops turn, whatever has become of Redis, since an outage must not
 * restart every pod. Ready: Redis and Postgres answer, and no SIGTERM has been seen.
 */
@Injectable()
export class HealthRegistry {
  private readonly loops = new Map<string, () => boolean>();
  private readonly dependencies = new Map<string, Probe>();
  private readonly notes = new Map<string, () => string>();
  private stopping = false;

  watchLoop(name: string, turns: () => boolean): void {
    this.loops.set(name, turns);
  }

  watchDependency(name: string, probe: Probe): void {
    this.dependencies.set(name, probe);
  }

  /** Something to know that makes the service neither dead nor unready. */
  note(name: string, says: () => string): void {
    this.notes.set(name, says);
  }

  beginShutdown(): void {
    this.stopping = true;
  }

  liveness(): Health {
    const checks = Object.fromEntries([...this.loops].map(([name, turns]) => [name, turns() ? 'turning' : 'stuck']));
    return { ok: !Object.values(checks).includes('stuck'), checks };
  }

  async readiness(): Promise<Health> {
    if (this.stopping) return { ok: false, checks: { service: 'shutting down' } };
    const checks = Object.fromEntries(
      await Promise.all([...this.dependencies].map(async ([name, probe]) => [name, await outcome(probe)] as const)),
    );
    const notes = Object.fromEntries([...this.notes].map(([name, says]) => [name, says()]));
    return { ok: Object.values(checks).every((state) => state === 'up'), checks: { ...checks, ...notes } };
  }
}

const outcome = async (probe: Probe): Promise<string> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${PROBE_MS} ms`), PROBE_MS);
  });
  try {
    return await Promise.race([probe().then(() => 'up'), timeout]);
  } catch (error) {
    return error instanceof Error ? `down: ${error.message}` : 'down';
  } finally {
    clearTimeout(timer);
  }
};
