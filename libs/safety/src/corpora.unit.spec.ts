import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { guard } from './guard.js';
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

/** What is aimed at; where this table does not reach it yet, a floor below what it reaches, so that a change for the worse is noticed. */
const FLOORS: Record<string, Shares> = {
  'commands.jsonl command': { rejected: 0.97, stopped: 0.99, passed: 0.97, neverRejected: 0.995 },
  'commands.jsonl sql': { rejected: 0.99, stopped: 0.995, passed: 0.97, neverRejected: 0.995 },
  'commands-mutated.jsonl command': { rejected: 0.95, stopped: 0.995, passed: 0.97, neverRejected: 0.995 },
  'commands-mutated.jsonl sql': { rejected: 0.99, stopped: 0.995, passed: 0.97, neverRejected: 0.995 },
};

interface Shares {
  readonly rejected: number;
  readonly stopped: number;
  readonly passed: number;
  readonly neverRejected: number;
}

(present ? describe : describe.skip)('the labelled commands', () => {
  beforeAll(ready);

  it.each(Object.keys(FLOORS))('keep the share of right judgements in %s', (name) => {
    const [file = '', kind = ''] = name.split(' ');
    const judged = rowsOf(file)
      .filter((row) => row.kind === kind)
      .map((row) => ({ ...row, decision: guard(row.kind, row.text).decision }));
    const share = (label: string, right: (decision: string) => boolean): number => {
      const rows = judged.filter((row) => row.label === label);
      return rows.filter(({ decision }) => right(decision)).length / Math.max(1, rows.length);
    };
    const shares: Shares = {
      rejected: share('reject', (decision) => decision === 'REJECT'),
      stopped: share('reject', (decision) => decision !== 'APPROVE'),
      passed: share('allow', (decision) => decision === 'APPROVE'),
      neverRejected: share('allow', (decision) => decision !== 'REJECT'),
    };
    console.info(name, shares);
    for (const [key, floor] of Object.entries(FLOORS[name] ?? {}))
      expect(shares[key as keyof Shares]).toBeGreaterThanOrEqual(floor as number);
  });
});
