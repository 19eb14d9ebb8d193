import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { around } from './around.js';
import { parseFailpoints, type Failpoint } from './parse.js';

/** Called at a named point; what it returns is awaited. */
export type AtPoint = (point: string) => Promise<void> | void;

export interface Failpoints {
  /** Undefined while no fail point is set, so that whoever is asked for nothing pays nothing. */
  readonly at: AtPoint | undefined;
  /** The same object, with a point before and after every call of its methods: `<name>.<method>:before`, `:after`. */
  around<T extends object>(name: string, object: T): T;
}

/** What a test needs to stand in for. */
export interface Effects {
  readonly random: () => number;
  readonly kill: (point: string) => void;
}

/** Thrown by the action `throw`. */
export class FailpointError extends Error {
  constructor(point: string) {
    super(`the fail point ${point} says so`);
    this.name = 'FailpointError';
  }
}

/**
 * Fail points: places where a test can kill, delay or break a process, between two of its effects. Nothing of them exists unless
 * INQUEST_FAILPOINTS is set: objects are handed back as they came.
 * @throws {FailpointSyntaxError} when the variable cannot be read.
 */
export const failpointsFrom = (environment: NodeJS.ProcessEnv = process.env, effects: Effects = real): Failpoints => {
  const set = parseFailpoints(environment['INQUEST_FAILPOINTS'] ?? '').map((failpoint) => new Armed(failpoint, effects));
  if (set.length === 0) return { at: undefined, around: (_, object) => object };
  const at = async (point: string): Promise<void> => {
    for (const armed of set) await armed.pass(point);
  };
  return { at, around: (name, object) => around(name, object, at) };
};

class Armed {
  private readonly pattern: RegExp;
  private passings = 0;

  constructor(
    private readonly failpoint: Failpoint,
    private readonly effects: Effects,
  ) {
    const parts = failpoint.name.split('*').map((part) => part.replaceAll('.', '\\.'));
    this.pattern = new RegExp(`^${parts.join('.*')}$`);
  }

  async pass(point: string): Promise<void> {
    if (!this.pattern.test(point)) return;
    this.passings++;
    if (!this.isDue()) return;
    const { action } = this.failpoint;
    if (action === 'throw') throw new FailpointError(point);
    if (action === 'kill') this.effects.kill(point);
    else await delay(action.sleepMs);
  }

  private isDue(): boolean {
    const { when } = this.failpoint;
    if (when === 'always') return true;
    return 'nth' in when ? this.passings === when.nth : this.effects.random() < when.share;
  }
}

const real: Effects = {
  random: Math.random,
  kill: (point) => {
    // Synchronously and past the logger: nothing is flushed by a process that is killed.
    writeSync(process.stderr.fd, `${JSON.stringify({ failpoint: point, action: 'kill', pid: process.pid })}\n`);
    process.kill(process.pid, 'SIGKILL');
  },
};
