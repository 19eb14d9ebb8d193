import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EXIT } from '../exit-codes.js';
import { runInMemory } from '../testing/run-in-memory.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'inquest-rca-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const rca = async (...args: readonly string[]) => {
  const { code, out, err } = await runInMemory(['rca', ...args]);
  return { code, err, lines: parsedLines(out) };
};

const parsedLines = (out: string) =>
  out === '' ? [] : out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

const points = (before: number, since: number) =>
  Array.from({ length: 40 }, (_, index) => [60 * (index - 30), (index < 30 ? before : since) * (1 + 0.01 * (index % 3))]);

const incident = (given: object = {}) => ({
  schema: 'rca-evidence/1',
  case_id: 'one',
  t0: 1_700_000_000,
  baseline: 'baseline.json',
  metrics: [
    { service: 'shop', metric: 'CpuUsageRate(%)', points: points(20, 20) },
    { service: 'basket', metric: 'CpuUsageRate(%)', points: points(20, 90) },
  ],
  ...given,
});

const write = (name: string, content: unknown) => writeFile(join(folder, name), JSON.stringify(content));

it('answers each incident in one line, in the order of the files, zipped or not', async () => {
  await write('baseline.json', { schema: 'rca-baseline/1', metrics: [] });
  await write('b.json', incident({ case_id: 'two' }));
  await writeFile(join(folder, 'a.json.gz'), gzipSync(JSON.stringify(incident())));
  const { code, lines } = await rca('--jsonl', folder);
  expect(code).toBe(EXIT.ok);
  expect(lines).toMatchObject([
    { case_id: 'one', ranked: [{ service: 'basket', faultType: 'cpu_saturation' }, { service: 'shop' }], change: [] },
    { case_id: 'two' },
  ]);
  expect(lines[0]?.['ms']).toEqual(expect.any(Number));
});

it('is not told the answer, nor helped by names or by the time of the injection', async () => {
  await write('baseline.json', { schema: 'rca-baseline/1' });
  await write('plain.json', incident());
  const { lines: plain } = await rca('--jsonl', folder);
  const answer = { service: 'shop', fault_type: 'cpu_contention' };
  await write('plain.json', incident({ ground_truth: answer, dataset: 'shop', inject_time: 1_700_000_600, indicator: 'shop' }));
  const { lines: labelled } = await rca('--jsonl', folder);
  expect({ ...labelled[0], ms: 0 }).toEqual({ ...plain[0], ms: 0 });
});

it('reports a file that cannot be read, answers the others, and fails in the end', async () => {
  await write('baseline.json', { schema: 'rca-baseline/1' });
  await write('a.json', { ...incident(), metrics: 'many' });
  await write('b.json', incident({ baseline: 'elsewhere.json' }));
  await writeFile(join(folder, 'c.json'), '{');
  await write('d.json', incident({ baseline: '../../etc/passwd' }));
  await write('e.json', incident({ case_id: 'five' }));
  const { code, err, lines } = await rca('--jsonl', folder);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain('4 of 5 files');
  expect(lines).toMatchObject([
    { case_id: 'a', error: expect.stringContaining('metrics') as string },
    { case_id: 'b', error: 'Its baseline file is not there.' },
    { case_id: 'c', error: 'The file is not JSON.' },
    { case_id: 'd', error: expect.stringContaining('same folder') as string },
    { case_id: 'five', ranked: [{ service: 'basket' }, { service: 'shop' }] },
  ]);
});

it('says what to do about a folder that is not there or empty, and about a missing --jsonl', async () => {
  expect(await rca('--jsonl', join(folder, 'nowhere'))).toMatchObject({
    code: EXIT.usage,
    err: expect.stringContaining('no folder') as string,
  });
  expect(await rca('--jsonl', folder)).toMatchObject({
    code: EXIT.failed,
    err: expect.stringContaining('no evidence files') as string,
  });
  expect(await rca(folder)).toMatchObject({ code: EXIT.usage, err: expect.stringContaining('--jsonl') as string });
});

it('makes templates of raw log lines, and reads what Kubernetes says', async () => {
  const said = (service: string, from: number, to: number, text: (at: number) => string) =>
    Array.from({ length: (to - from) / 10 }, (_, index) => ({ service, t: from + 10 * index, level: 'INFO', text: text(index) }));
  await write('baseline.json', { schema: 'rca-baseline/1' });
  await write(
    'a.json',
    incident({
      metrics: [],
      events: [{ service: 'shop', reason: 'OOMKilled', message: 'limit exceeded', t: 0, count: 3 }],
      log_lines: said('shop', -600, 300, (at) => `order ${at} served`),
    }),
  );
  await write(
    'b.json',
    incident({
      case_id: 'two',
      metrics: [],
      log_lines: [
        ...said('shop', -600, 300, (at) => `order ${at} served`),
        ...said('basket', -600, 0, (at) => `basket ${at} filled`),
      ],
    }),
  );
  const { code, lines } = await rca('--jsonl', folder);
  expect(code).toBe(EXIT.ok);
  expect(lines).toMatchObject([{ ranked: [{ service: 'shop', faultType: 'oom_killed' }] }, { ranked: [{ service: 'basket' }] }]);
});
