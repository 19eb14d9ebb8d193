import type { Figures } from '@inquest/record';
import type { BreakerDrill } from '@inquest/model';
import { recordAddress } from '../record-address.js';
import type { CommandContext } from '../server.js';

/** One condition of the design, measured. */
export interface Condition {
  readonly condition: string;
  /** Null when there was nothing to measure. */
  readonly measured: number | string | null;
  readonly limit: string;
  readonly ok: boolean;
}

const HOURS = 24;

/** One whole debate. */
const ROWS_MIN = 6;
/** Four voters and the decision. */
const TURNS_MIN = 5;
const CHALLENGES_MIN = 1;
const DEBATE_P95_MS = 8_000;
const TURN_P95_MS = 5_000;

/** What was promised, from the record of the last day and a drill of the breaker on this machine. */
export const exitConditions = async (context: CommandContext): Promise<Condition[]> => {
  const { url } = await recordAddress(context);
  const [{ openRecord }, { drillBreaker }] = await Promise.all([import('@inquest/record'), import('@inquest/model')]);
  const record = await openRecord(url, { max: 1, name: 'inquest-doctor', onError: () => undefined });
  try {
    return conditionsOf(await record.figures(HOURS), await drillBreaker());
  } finally {
    await record.close();
  }
};

export const conditionsOf = (figures: Figures, { opens, closes }: BreakerDrill): Condition[] => [
  atLeast(`rows recorded in ${HOURS} h`, figures.rows, ROWS_MIN),
  atLeast('turns per debate (median)', figures.turnsPerDebate, TURNS_MIN),
  atLeast(`challenges of the Critic in ${HOURS} h`, figures.challenges, CHALLENGES_MIN),
  {
    condition: 'breaker, against an endpoint that fails and recovers',
    measured: `${opens ? 'opens' : 'does not open'}, ${closes ? 'closes' : 'does not close'}`,
    limit: 'opens, closes',
    ok: opens && closes,
  },
  below('p95 of a debate, from acceptance to record', figures.debateP95Ms, DEBATE_P95_MS),
  below(`p95 of a turn, slowest role${figures.slowestRole ? ` (${figures.slowestRole})` : ''}`, figures.turnP95Ms, TURN_P95_MS),
];

const atLeast = (condition: string, measured: number | null, min: number): Condition => ({
  ...{ condition, measured, limit: `at least ${min}` },
  ok: measured !== null && measured >= min,
});

const below = (condition: string, measured: number | null, maxMs: number): Condition => ({
  condition,
  measured: measured === null ? null : `${Math.round(measured)} ms`,
  limit: `below ${maxMs} ms`,
  ok: measured !== null && measured < maxMs,
});
