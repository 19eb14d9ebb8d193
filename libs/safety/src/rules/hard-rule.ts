import type { CommandReading } from '../commands/read-command.js';
import type { CommandFact } from '../commands/command-fact.js';
import type { SqlFact } from '../sql/sql-fact.js';

/** What rules look at: facts only, never the text of a command. */
export type Subject = CommandReading;

export interface HardRule {
  /** Stable name, shown to people and stored with the verdict. */
  readonly id: string;
  readonly judgement: 'REJECT' | 'REQUEST_REVISION';
  /** Why, in a sentence for the person who reads the verdict. */
  readonly reason: string;
  /** Where the danger is documented. */
  readonly reference: string;
  /** What made it match, shortened; undefined when it does not. */
  readonly match: (subject: Subject) => string | undefined;
}

export interface RuleMatch {
  readonly rule: HardRule;
  readonly because: string;
}

interface Row {
  readonly id: string;
  readonly reason: string;
  readonly reference: string;
}

const shown = (text: string): string => text.slice(0, 160);

/** A rule over simple commands. */
export const commandRule = (judgement: HardRule['judgement'], row: Row, when: (fact: CommandFact) => boolean): HardRule => ({
  ...row,
  judgement,
  match: ({ facts }) => {
    const found = facts.find(when);
    return found && shown(found.text);
  },
});

/** A rule over SQL statements. */
export const sqlRule = (judgement: HardRule['judgement'], row: Row, when: (fact: SqlFact) => boolean): HardRule => ({
  ...row,
  judgement,
  match: ({ sql }) => {
    const found = sql.find(when);
    return (
      found &&
      shown([found.statement, found.objectKind ?? '', found.targets.join(', '), found.problem ?? ''].filter(Boolean).join(' '))
    );
  },
});

/** A rule over the reading as a whole. */
export const readingRule = (
  judgement: HardRule['judgement'],
  row: Row,
  when: (subject: Subject) => string | undefined,
): HardRule => ({ ...row, judgement, match: (subject) => when(subject)?.slice(0, 160) });

export const marked = (fact: { readonly marks: readonly string[] }, ...names: string[]): boolean =>
  names.some((name) => fact.marks.includes(name));
