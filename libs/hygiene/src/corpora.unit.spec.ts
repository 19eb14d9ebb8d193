import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { cleanText } from './clean-text.js';

const shared = resolve(process.env['INQUEST_SHARED'] ?? '../shared', 'corpora');
const present = existsSync(join(shared, 'injections.jsonl'));
if (!present) console.info(`Skipped: the labelled evidence is not at ${shared}.`);

const Row = z.object({ text: z.string(), category: z.string(), label: z.string(), secret: z.string().optional() });
type Row = z.infer<typeof Row>;

/** It keeps stored secrets from looking alive. */
const BROKEN_BY = '\u205e';
const rowsOf = (file: string): Row[] =>
  readFileSync(join(shared, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => Row.parse(JSON.parse(line)));

const clean = (text: string) => cleanText(text, { salt: 'spec', charsMax: Infinity });
const shareOf = <T>(rows: readonly T[], right: (row: T) => boolean): number =>
  rows.filter(right).length / Math.max(1, rows.length);
const isFlagged = ({ text }: Row): boolean => clean(text).suspicions.length > 0;

/** Floors below what is reached today, so that a change for the worse is noticed. */
(present ? describe : describe.skip)('the labelled evidence', () => {
  it('reads like an instruction where somebody planted one, and never holds what nobody sees', () => {
    const rows = rowsOf('injections.jsonl');
    const shares = ['core', 'ext'].map((scope) =>
      shareOf(
        rows.filter(({ category }) => category.startsWith(`${scope}:`)),
        isFlagged,
      ),
    );
    console.info('flagged', shares);
    expect(shares[0]).toBeGreaterThanOrEqual(0.95);
    expect(shares[1]).toBeGreaterThanOrEqual(0.62);
    expect(
      rows.every(({ text }) => !/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/u.test(clean(text).text)),
    ).toBe(true);
  });

  it('stays as it is where nobody did', () => {
    const rows = rowsOf('benign.jsonl');
    const hard = rows.filter(({ category }) => category.startsWith('hard'));
    const evidence = rows.filter(({ category }) => !category.startsWith('hard'));
    expect(shareOf(evidence, (row) => !isFlagged(row))).toBeGreaterThanOrEqual(0.995);
    expect(shareOf(hard, (row) => !isFlagged(row))).toBeGreaterThanOrEqual(0.97);
    expect(shareOf(rows, ({ text }) => clean(text).text === text)).toBeGreaterThanOrEqual(0.99);
  });

  it('loses its secrets', () => {
    const isGone = ({ text, secret = '' }: Row): boolean => {
      const value = secret.replaceAll(BROKEN_BY, '');
      const output = clean(text.replaceAll(BROKEN_BY, '')).text;
      const pieces = Array.from({ length: Math.max(1, Math.ceil((value.length - 11) / 6)) }, (_piece, index) =>
        value.slice(index * 6, index * 6 + 12),
      );
      return pieces.every((piece) => !output.includes(piece));
    };
    const rows = rowsOf('secrets.jsonl').filter(({ label }) => label === 'redact');
    expect(
      shareOf(
        rows.filter(({ category }) => category.startsWith('evidence')),
        isGone,
      ),
    ).toBe(1);
    expect(
      shareOf(
        rows.filter(({ category }) => !category.startsWith('evidence')),
        isGone,
      ),
    ).toBeGreaterThanOrEqual(0.97);
  });
});
