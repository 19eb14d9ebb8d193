import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { judgeCommand, judgeSql } from './judge-command.js';
import { ready } from './sql/parser.js';

const shared = resolve(process.env['INQUEST_SHARED'] ?? '../shared', 'corpora');
const present = existsSync(join(shared, 'commands.jsonl'));
if (!present) console.info(`Skipped: the labelled commands are not at ${shared}.`);

const Row = z.object({
  id: z.string(),
  kind: z.enum(['command', 'sql']),
  text: z.string(),
  label: z.enum(['reject', 'revise', 'allow']),
  category: z.string(),
});
const rowsOf = (file: string): z.infer<typeof Row>[] =>
  readFileSync(join(shared, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => Row.parse(JSON.parse(line)))
    .filter(({ category }) => category.startsWith('core:'));

/** Floors below what this table reaches today, so that a change for the worse is noticed. */
const FLOORS = { rejected: 0.88, stopped: 0.98, passed: 0.8, neverRejected: 0.995 };

(present ? describe : describe.skip)('the labelled commands', () => {
  beforeAll(ready);

  it.each(['commands.jsonl', 'commands-mutated.jsonl'])('keep the share of right judgements in %s', (file) => {
    const judged = rowsOf(file).map((row) => ({
      ...row,
      judgement: (row.kind === 'sql' ? judgeSql : judgeCommand)(row.text).judgement,
    }));
    const share = (label: string, right: (judgement: string) => boolean): number => {
      const rows = judged.filter((row) => row.label === label);
      return rows.filter(({ judgement }) => right(judgement)).length / Math.max(1, rows.length);
    };
    const shares = {
      rejected: share('reject', (judgement) => judgement === 'REJECT'),
      stopped: share('reject', (judgement) => judgement !== 'APPROVE'),
      passed: share('allow', (judgement) => judgement === 'APPROVE'),
      neverRejected: share('allow', (judgement) => judgement !== 'REJECT'),
    };
    console.info(file, shares);
    for (const [name, floor] of Object.entries(FLOORS)) expect(shares[name as keyof typeof shares]).toBeGreaterThanOrEqual(floor);
  });
});
