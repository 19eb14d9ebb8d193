import type { RuleHit } from '@inquest/contracts';
import { readCommand, type CommandReading } from './commands/read-command.js';
import { matchRules, type RuleMatch } from './hard-rules.js';
import { BUILT_IN_RULES, type SafetyRules } from './operator-rules/safety-rules.js';
import { readSql } from './sql/read-sql.js';

export interface CommandVerdict {
  readonly judgement: 'APPROVE' | 'REQUEST_REVISION' | 'REJECT';
  readonly hits: RuleHit[];
  readonly reading: CommandReading;
}

const HITS_MAX = 50;

export const toHit = ({ rule, because }: RuleMatch): RuleHit => ({
  ruleId: rule.id,
  judgement: rule.judgement,
  reason: because ? `${rule.reason} (${because})`.slice(0, 1_000) : rule.reason,
  from: 'rules',
});

export const strictestOf = (hits: readonly Pick<RuleHit, 'judgement'>[]): CommandVerdict['judgement'] =>
  hits.some(({ judgement }) => judgement === 'REJECT') ? 'REJECT' : hits.length > 0 ? 'REQUEST_REVISION' : 'APPROVE';

const judged = (reading: CommandReading, rules: SafetyRules): CommandVerdict => {
  const hits = matchRules(reading, rules).slice(0, HITS_MAX).map(toHit);
  return { judgement: strictestOf(hits), hits, reading };
};

/** Judges a command line by the rules alone, without evidence. SQL in it needs `ready()` to have resolved. */
export const judgeCommand = (command: string, rules: SafetyRules = BUILT_IN_RULES): CommandVerdict =>
  judged(
    readSafely(() => readCommand(command)),
    rules,
  );

/** The same for a SQL text. */
export const judgeSql = (sql: string, rules: SafetyRules = BUILT_IN_RULES): CommandVerdict =>
  judged(
    readSafely(() => ({ facts: [], sql: readSql(sql), problems: [] })),
    rules,
  );

/** A fault in reading must never approve; nor may it end the turn. */
const readSafely = (read: () => CommandReading): CommandReading => {
  try {
    return read();
  } catch (error) {
    return {
      facts: [],
      sql: [],
      problems: [`reading failed: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown'}`],
    };
  }
};
