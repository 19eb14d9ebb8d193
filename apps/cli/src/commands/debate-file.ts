import type { Incident, Published } from '@inquest/contracts';
import { scenarioOf, type Scenario } from '@inquest/intake';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorCode } from '../errors.js';
import { CommandError, EXIT } from '../exit-codes.js';
import type { GatewayClient } from '../gateway-client.js';
import type { Terminal } from '../terminal.js';

/** Reads a file, or standard input for `-`, and makes of it what a session is opened with. */
export const readScenario = async (file: string, terminal: Terminal): Promise<Scenario> => {
  const text = file === '-' ? await terminal.readInput() : await readFile(file, 'utf8').catch(unreadable(file));
  const reading = scenarioOf(parsed(text, file), { receivedAt: new Date().toISOString() });
  if (reading.readable) return reading.scenario;
  throw new CommandError(
    reading.reason,
    EXIT.failed,
    'A file holds {"incident": …, "evidence": …}; see apps/standalone/incidents/ for examples.',
  );
};

const unreadable =
  (file: string) =>
  (error: unknown): never => {
    const reason = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a directory; name the files in it',
      EACCES: 'it may not be read',
    }[errorCode(error)];
    throw new CommandError(`Cannot read ${file}: ${reason ?? String(error)}.`);
  };

const parsed = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(
      `${file === '-' ? 'Standard input' : file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
};

/**
 * The same incident under a fingerprint of its own. A pager's repeat of an alert opens no second session, but a person
 * who debates a file twice wants two debates.
 */
export const asOwnDebate = (incident: Incident): Incident => ({
  ...incident,
  fingerprint: `${incident.fingerprint.slice(0, 180)}#${randomUUID().slice(0, 8)}`,
});

export interface Debated {
  readonly sessionId: string;
  readonly messages: Published[];
  /** Milliseconds from handing in to the committed end. */
  readonly ms: number;
}

/** How a session is followed to its end: silently, or on the terminal. */
export type Follow = (sessionId: string) => Promise<Published[]>;

/** Hands a scenario in and follows its session to the end. */
export const debate = async (
  gateway: GatewayClient,
  { incident, evidence }: Scenario,
  follow: Follow,
  signal: AbortSignal,
): Promise<Debated> => {
  const startedAt = performance.now();
  const { sessionId, results } = await gateway.submit({ incident: asOwnDebate(incident), evidence }, randomUUID(), signal);
  if (sessionId === null)
    throw new CommandError(`No session was opened: ${results.map(({ result, reason }) => reason ?? result).join('; ')}.`);
  const messages = await follow(sessionId);
  return { sessionId, messages, ms: performance.now() - startedAt };
};
