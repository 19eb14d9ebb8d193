import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EXIT } from '../exit-codes.js';
import { runInMemory } from '../testing/run-in-memory.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'inquest-diagnose-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const START = Date.parse('2026-03-27T10:00:00Z') / 1_000;
const levels = (before: number, during: number): [number, number][] =>
  Array.from({ length: 40 }, (_, minute) => [
    START + 60 * minute,
    Math.round((minute < 30 ? before : during) * (1 + 0.03 * Math.sin(minute)) * 100) / 100,
  ]);
const cpu = (service: string, before: number, during: number) => ({
  id: `cpu-${service}`,
  status: 'ok',
  title: `CPU of ${service}`,
  series: [{ name: 'cpu_usage_percent', unit: '%', labels: { service }, points: levels(before, during) }],
});
const hotCart = { metrics: [cpu('web', 20, 20), cpu('cart', 20, 64), cpu('ledger', 20, 20), cpu('mail', 20, 20)] };
const incident = {
  source: 'spec',
  title: 'Checkout is slow',
  startsAt: '2026-03-27T10:35:00Z',
  labels: { alertname: 'CheckoutSlow' },
};

const write = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const diagnose = (...args: string[]) => runInMemory(['diagnose', ...args]);
const parsed = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;

describe('a snapshot', () => {
  it('is explained: candidates, evidence with channel, numbers, time and place, and the series that decided', async () => {
    const path = await write('one.json', {
      incident,
      evidence: { ...hotCart, changes: [{ id: 'c1', status: 'no-data', title: 'Releases of the last day' }] },
    });
    const { code, out, lines } = await diagnose(path);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('cart - cpu_saturation - confidence 0.');
    expect(out).toMatch(/for {2}cpu: cpu_usage_percent of cart rose from 20 to 6\d/);
    expect(out).toMatch(/cpu-cart cpu_usage_percent - 2026-03-27T10:30:00Z/);
    expect(out).toMatch(/[▁▂]{20,}[▇█]{6,}/);
    expect(out).toMatch(/\n {30,}\^ onset 10:30:00Z/);
    expect(out).toMatch(/min 19\.\d+ - max 6\d/);
    expect(out).toContain('not traces, not logs, which lowers the confidence');
    expect(out).toContain('No change did this');
    expect(out).not.toContain('\u001b');
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  it('says what speaks against the first candidate', async () => {
    const pods = {
      id: 'k1',
      status: 'ok',
      title: 'Pods',
      text: 'NAME                       READY   STATUS             RESTARTS   AGE\nledger-7f9dd8b6c4-x7gr9   0/1     ImagePullBackOff   0          9m',
    };
    const path = await write('two.json', { incident, evidence: { ...hotCart, kubernetes: [pods] } });
    const { out } = await diagnose(path);
    expect(out).toContain('ledger - image_pull_backoff');
    expect(out).toMatch(/against {2}measured_elsewhere: the measurements point to cart instead/);
    expect(out).toContain('or  cart - cpu_saturation');
  });

  it('may come by itself, and through standard input', async () => {
    const path = await write('bare.json', hotCart);
    expect((await diagnose(path)).out).toContain('cart - cpu_saturation');
    expect((await runInMemory(['diagnose', '-'], { input: JSON.stringify({ evidence: hotCart }) })).out).toContain(
      'cart - cpu_saturation',
    );
  });

  it('that cannot answer is said to be an abstention, and one that shows health to be healthy', async () => {
    const nothing = await write('nothing.json', { incident, evidence: {} });
    expect((await diagnose(nothing)).out).toContain('cannot tell  This is an abstention');
    const watchdog = await write('fine.json', {
      incident: { ...incident, title: 'Watchdog', description: 'always firing' },
      evidence: {},
    });
    expect((await diagnose(watchdog)).out).toContain('healthy');
  });

  it('is one line of JSON with --json', async () => {
    const path = await write('one.json', { incident, evidence: hotCart });
    const { lines } = await diagnose('--json', path);
    expect(lines).toHaveLength(1);
    const { candidates, series } = parsed(lines[0] ?? '') as { candidates: { why: unknown[] }[]; series: unknown[] };
    expect(candidates[0]).toMatchObject({ component: 'cart', faultType: 'cpu_saturation' });
    expect(candidates[0]?.why[0]).toMatchObject({
      channel: 'cpu',
      where: ['cpu-cart cpu_usage_percent'],
      at: '2026-03-27T10:30:00.000Z',
    });
    expect(series[0]).toMatchObject({ service: 'cart', metric: 'cpu_usage_percent', points: 40 });
  });

  it('cannot steer the terminal', async () => {
    const path = await write('evil.json', { incident: { ...incident, title: 'a\u001b[2Jb\u202ec' }, evidence: hotCart });
    const { out } = await diagnose(path);
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202e');
  });
});

const series = (service: string, before: number, during: number) => ({
  service,
  metric: 'CpuUsageRate(%)',
  points: levels(before, during).map(([at, value]) => [at - START, value]),
});
const aCase = (given: object = {}) => ({
  schema: 'rca-evidence/1',
  case_id: 'first case',
  t0: START,
  metrics: [series('shop', 20, 20), series('basket', 20, 90)],
  ...given,
});

describe('a case file', () => {
  it('is explained like a snapshot, with its baseline beside it, zipped or not', async () => {
    await write('baseline.json', { schema: 'rca-baseline/1', metrics: [] });
    const path = join(folder, 'case.json.gz');
    await writeFile(path, gzipSync(JSON.stringify(aCase({ baseline: 'baseline.json' }))));
    const { code, out } = await diagnose(path);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('basket - cpu_saturation');
    expect(out).toContain('Series that decided');
  });

  it('may be one of a folder', async () => {
    await mkdir(join(folder, 'cases'));
    await write('cases/a.json', aCase());
    await write('cases/b.json', aCase({ case_id: 'second case' }));
    const { lines } = await diagnose('--json', join(folder, 'cases'));
    expect(lines.map((line) => parsed(line)['title'])).toEqual(['first case', 'second case']);
  });
});

it.each([
  ['is not there', 'nowhere.json', undefined, 'no such file'],
  ['is not JSON', 'broken.json', '{', 'is not JSON'],
  ['is JSON of another kind', 'list.json', [1, 2], 'Cannot explain'],
  ['is a case that breaks its schema', 'case.json', aCase({ metrics: 'many' }), 'no case file'],
  ['is a case whose baseline is missing', 'case.json', aCase({ baseline: 'gone.json' }), 'no such file'],
  ['is no gzip file', 'case.json.gz', 'plain', 'no gzip file'],
])('says what to do about a file that %s', async (_sentence, name, content, reason) => {
  const path = content === undefined ? join(folder, name) : await write(name, content);
  const { code, err } = await diagnose(path);
  expect({
    code,
    names: err.includes(folder),
    says: err.includes(reason),
    helps: err.length > reason.length + folder.length + 40,
  }).toEqual({
    code: EXIT.failed,
    names: true,
    says: true,
    helps: true,
  });
});

it('says so when a folder holds no cases, and when no path is given', async () => {
  expect(await diagnose(folder)).toMatchObject({
    code: EXIT.failed,
    err: expect.stringContaining('holds no case files') as string,
  });
  expect((await diagnose()).code).toBe(EXIT.usage);
});
