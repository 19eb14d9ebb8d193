import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from './exit-codes.js';
import { linesOf } from './json-lines.js';
import { INTERRUPTED } from './program.js';
import type { Terminal } from './terminal.js';
import { runInMemory, type Ran } from './testing/run-in-memory.js';

const SESSION = '019bc0de-0000-7000-8000-000000000001';
const NOWHERE = 'http://127.0.0.1:1';

const inquest = (args: string[], overrides: Partial<Terminal> = {}): Promise<Ran> =>
  runInMemory(args, { input: '{}', rootDir: mkdtempSync(join(tmpdir(), 'inquest-cli-')), ...overrides });

describe('the command line', () => {
  it('lists its commands, exit codes and examples, and ends with 0', async () => {
    const { code, out } = await inquest(['--help']);
    expect(code).toBe(EXIT.ok);
    for (const word of [
      'debate',
      'replay',
      'audit',
      'sessions',
      'flags',
      'dead-letters',
      'guard',
      'doctor',
      'Exit codes',
      'Examples',
    ])
      expect(out).toContain(word);
  });

  it.each([
    'debate',
    'replay',
    'audit list',
    'audit export',
    'audit verify',
    'sessions',
    'flags',
    'execution',
    'budgets',
    'audit controls',
    'dead-letters',
    'guard',
    'diagnose',
    'doctor',
  ])('%s explains itself with examples', async (command) => {
    const { code, out } = await inquest([...command.split(' '), '--help']);
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/Examples?:\n {2}\$ npx inquest /);
  });

  it.each([
    ['an unknown command', ['bogus']],
    ['an unknown option', ['sessions', '--bogus']],
    ['no file', ['debate']],
    ['a session id that is none', ['replay', '123']],
    ['a limit beyond its bounds', ['sessions', '--limit', '0']],
    ['an outcome that does not exist', ['sessions', '--outcome', 'approve']],
    ['a time that is none', ['audit', 'list', '--from', 'yesterday']],
    ['a phase that does not exist', ['flags', 'set', '3', 'on', '--reason', 'x']],
    ['a switch without a reason', ['flags', 'set', '2', 'off']],
    ['a stop without a reason', ['execution', 'stop']],
    ['a state that is none', ['flags', 'set', '2', 'maybe', '--reason', 'x']],
    ['a negative speed', ['replay', SESSION, '--speed', '-1']],
    ['republishing for nobody', ['replay', SESSION, '--republish']],
    ['a URL that is none', ['sessions', '--url', 'nonsense']],
  ])('ends with 2 for %s, and says what is wrong', async (_, args) => {
    const { code, err } = await inquest(args);
    expect(code).toBe(EXIT.usage);
    expect(err).not.toBe('');
  });

  it('ends with 3 without a server, and says how to start one', async () => {
    const { code, err } = await inquest(['sessions']);
    expect(code).toBe(EXIT.unreachable);
    expect(err).toContain('npm start');
  });

  it('ends with 3 when nobody answers at the URL', async () => {
    const { code, err } = await inquest(['sessions', '--url', NOWHERE]);
    expect(code).toBe(EXIT.unreachable);
    expect(err).toContain(`No server answers at ${NOWHERE}`);
  });

  it('reads the URL from the environment too', async () => {
    const { err } = await inquest(['sessions'], { environment: { INQUEST_URL: NOWHERE } });
    expect(err).toContain(NOWHERE);
  });

  it('ends with 3 for verify without a database', async () => {
    const { code, err } = await inquest(['audit', 'verify']);
    expect(code).toBe(EXIT.unreachable);
    expect(err).toContain('DATABASE_URL');
  });

  it('ends with 3 for verify when the database refuses, and keeps its password to itself', async () => {
    const environment = { DATABASE_URL: 'postgresql://someone:s3cret@127.0.0.1:1/inquest' };
    const { code, err } = await inquest(['audit', 'verify'], { environment });
    expect([code, err.split('\n').length]).toEqual([EXIT.unreachable, 1]);
    expect(err).toMatch(/^error: PostgreSQL cannot be reached .*DATABASE_URL/);
    expect(err).not.toContain('s3cret');
  });

  it('ends with 5 when doctor finds no server, as a line of JSON per check', async () => {
    const { code, out } = await inquest(['doctor', '--json']);
    expect(code).toBe(EXIT.unhealthy);
    const findings = out.split('\n').map((line) => JSON.parse(line) as { check: string; state: string });
    expect(findings).toContainEqual(expect.objectContaining({ check: 'node', state: 'ok' }));
    expect(findings.at(-1)).toMatchObject({ check: 'server', state: 'failed' });
  });

  it('ends with 130 after Ctrl-C', async () => {
    const interruption = new AbortController();
    interruption.abort();
    const { code } = await inquest(['sessions', '--url', NOWHERE], { interrupted: interruption.signal });
    expect(code).toBe(INTERRUPTED);
  });
});

describe('guard', () => {
  it('explains a refusal with the rule, what would run and the radius, and ends with 1', async () => {
    const { code, out } = await inquest(['guard', `ssh db-1 'rm -rf /srv/data'`]);
    expect(code).toBe(EXIT.failed);
    for (const text of ['REJECTED', 'rm-recursive', '$ rm -rf /srv/data', 'by ssh', 'of 100', '+20 recursive'])
      expect(out).toContain(text);
  });

  it('ends with 0 for what may run', async () => {
    const { code, out } = await inquest(['guard', 'kubectl', 'get', 'pods']);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('APPROVED');
  });

  it('judges SQL and prints JSON', async () => {
    const { code, out } = await inquest(['guard', '--sql', '--json', 'DELETE FROM orders']);
    expect(code).toBe(EXIT.failed);
    expect(JSON.parse(out)).toMatchObject({ decision: 'REJECT', rules: expect.arrayContaining(['sql-delete-all']) as unknown });
  });

  it('answers lines in order and survives rubbish among them', async () => {
    const lines = [
      '{"id":"a","kind":"command","text":"kubectl get pods"}',
      'rubbish',
      '',
      '{"id":7,"kind":"poem","text":"x"}',
      '{"id":"b","kind":"sql","text":"TRUNCATE orders"}',
    ];
    const { code, out } = await inquest(['guard', '--jsonl'], { readInput: async () => lines.join('\n') });
    expect(code).toBe(EXIT.ok);
    const answers = out.split('\n').map((line) => JSON.parse(line) as { id: unknown; decision: string; error?: string });
    expect(answers.map(({ id, decision }) => [id, decision])).toEqual([
      ['a', 'APPROVE'],
      [null, 'REQUEST_REVISION'],
      [7, 'REQUEST_REVISION'],
      ['b', 'REJECT'],
    ]);
    expect(answers[1]?.error).toBe('not JSON');
    expect(answers[0]).toMatchObject({ rules: [], blastRadius: 0, terms: [], ms: expect.any(Number) as number });
  });

  it.each([[['guard']], [['guard', '--jsonl', 'ls']]])('ends with 2 for %j', async (args) =>
    expect((await inquest(args)).code).toBe(EXIT.usage),
  );
});

describe('lines of standard input', () => {
  it('come whole, however they were cut into chunks', async () => {
    async function* chunks(): AsyncIterable<string> {
      yield* ['{"a":', '1}\n{"b"', ':2}', '\n', 'last'];
    }
    const lines: string[] = [];
    for await (const line of linesOf(chunks())) lines.push(line);
    expect(lines).toEqual(['{"a":1}', '{"b":2}', 'last']);
  });
});

describe('debate', () => {
  const file = (text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), 'inquest-cli-')), 'incident.json');
    writeFileSync(path, text);
    return path;
  };

  it('prints a line with the error for each bad file, in the order given, and ends with 1', async () => {
    const files = ['/does/not/exist.json', file('{not json'), file('[]')];
    const { code, out } = await inquest(['debate', ...files, '--json', '--url', NOWHERE]);
    expect(code).toBe(EXIT.failed);
    const lines = out.split('\n').map((line) => JSON.parse(line) as { file: string; error: string });
    expect(lines.map((line) => line.file)).toEqual(files);
    expect(lines[0]?.error).toContain('there is no such file');
    expect(lines[1]?.error).toContain('is not JSON');
    expect(lines[2]?.error).not.toBe('');
  });

  it('reads standard input for -', async () => {
    const { out } = await inquest(['debate', '-', '--json', '--url', NOWHERE], {
      readInput: async () => '{"incident": {"title": 7}}',
    });
    expect(JSON.parse(out)).toMatchObject({ file: '-', error: expect.stringContaining('title') as string });
  });

  it('ends with 3 when the server is away', async () => {
    const { code, out } = await inquest([
      'debate',
      file('{"incident": {"title": "checkout is down"}}'),
      '--json',
      '--url',
      NOWHERE,
    ]);
    expect(code).toBe(EXIT.unreachable);
    expect(JSON.parse(out)).toMatchObject({ error: expect.stringContaining('No server answers') as string });
  });
});
