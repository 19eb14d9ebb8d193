import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../exit-codes.js';
import { runInMemory } from '../testing/run-in-memory.js';

const folder = mkdtempSync(join(tmpdir(), 'inquest-guard-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const GOOD = file(
  'good.yaml',
  `tiers: { critical: [payments] }
rules:
  - { id: ledger-freeze, reason: The ledger is frozen., verdict: reject, points: 5, match: { namespace: payments, resource: 'ledger*' } }`,
);
const BAD = file('bad.yaml', 'rules: [{ id: ledger-freeze, reason: r, verdict: approve, match: { verb: delete } }]');
const RESTART = 'kubectl -n payments rollout restart deployment/ledger';

const guard = (args: readonly string[], input = '') => runInMemory(['guard', ...args], { input, rootDir: folder });

describe('guard --rules', () => {
  it('judges by the rules of a file too, for this run alone', async () => {
    expect((await guard([RESTART])).code).toBe(EXIT.ok);
    const { code, out } = await guard(['--rules', GOOD, RESTART]);
    expect(code).toBe(EXIT.failed);
    expect(out).toContain('operator-ledger-freeze');
    expect((await guard([RESTART])).code).toBe(EXIT.ok);
  });

  it('does so for every line of --jsonl', async () => {
    const { out } = await guard(['--jsonl', '--rules', GOOD], JSON.stringify({ id: 'a', kind: 'command', text: RESTART }));
    expect(JSON.parse(out)).toMatchObject({ id: 'a', decision: 'REJECT' });
  });

  it('judges nothing by a file that cannot be used, and says what is wrong with it', async () => {
    const { code, out, err } = await guard(['--rules', BAD, 'ls']);
    expect(code).toBe(EXIT.failed);
    expect(out).toBe('');
    expect(err).toMatch(/bad\.yaml cannot be used[^]*rules\[0\]\.verdict: must be "revise" or "reject"/);
    expect((await guard(['--rules', join(folder, 'none.yaml'), 'ls'])).err).toMatch(/none\.yaml cannot be read: ENOENT/);
  });
});

describe('guard --check-rules', () => {
  it('says what a file adds, and its version', async () => {
    const { code, out } = await guard(['--check-rules', GOOD]);
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/adds 1 rule to the built-in ones/);
    expect(out).toMatch(/safety\/\d+\+[0-9a-f]{8}/);
    expect(out).toMatch(
      /operator-ledger-freeze {2}The ledger is frozen\. \(\+5\)\n.*namespace is payments and resource is ledger\*/,
    );
    expect(out).toMatch(/critical: payments/);
  });

  it('ends with 1 for a bad one, and with 2 beside a command', async () => {
    expect((await guard(['--check-rules', BAD])).code).toBe(EXIT.failed);
    expect((await guard(['--check-rules', GOOD, 'ls'])).code).toBe(EXIT.usage);
  });
});

describe('what guard shows of a program', () => {
  it('names it once where it has no verb of its own', async () => {
    const { out } = await guard(['rm -rf /srv/data']);
    expect(out).not.toMatch(/\brm rm\b/);
    expect(out).toMatch(/effect-destroy {2}rm$/m);
  });
});
