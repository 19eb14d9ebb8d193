import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from './exit-codes.js';
import { INTERRUPTED, run } from './program.js';
import { styleFor } from './render/style.js';
import type { Terminal } from './terminal.js';

const SESSION = '019bc0de-0000-7000-8000-000000000001';
const NOWHERE = 'http://127.0.0.1:1';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const inquest = async (args: string[], overrides: Partial<Terminal> = {}): Promise<Ran> => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    redraw: () => undefined,
    style: styleFor({ columns: 100 }, {}),
    environment: {},
    readInput: async () => '{}',
    interrupted: new AbortController().signal,
    ...overrides,
  };
  const code = await run(args, { terminal, rootDir: mkdtempSync(join(tmpdir(), 'inquest-cli-')) });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

describe('the command line', () => {
  it('lists its commands, exit codes and examples, and ends with 0', async () => {
    const { code, out } = await inquest(['--help']);
    expect(code).toBe(EXIT.ok);
    for (const word of ['debate', 'replay', 'audit', 'sessions', 'flags', 'dead-letters', 'doctor', 'Exit codes', 'Examples'])
      expect(out).toContain(word);
  });

  it.each(['debate', 'replay', 'audit list', 'audit export', 'audit verify', 'sessions', 'flags', 'dead-letters', 'doctor'])(
    '%s explains itself with examples',
    async (command) => {
      const { code, out } = await inquest([...command.split(' '), '--help']);
      expect(code).toBe(EXIT.ok);
      expect(out).toMatch(/Examples?:\n {2}\$ npx inquest /);
    },
  );

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
