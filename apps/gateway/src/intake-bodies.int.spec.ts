import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHarness, type Harness } from './gateway.harness.spec.js';

jest.setTimeout(120_000);

/** Recorded bodies of real senders, where a checkout has them beside it. */
const folder = process.env['INQUEST_INTAKE_BODIES'] ?? join(process.cwd(), '..', 'shared', 'incidents');
const index = join(folder, 'intake', 'index.jsonl');
interface Row {
  readonly id: string;
  readonly format: string;
  readonly file: string;
}
const rows = existsSync(index)
  ? readFileSync(index, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  : [];
if (rows.length === 0)
  console.warn(
    `Skipped: there are no recorded bodies at ${index}; set INQUEST_INTAKE_BODIES to a folder with intake/index.jsonl.`,
  );

(rows.length > 0 ? describe : describe.skip)('recorded bodies of real senders', () => {
  let door: Harness;
  const counts = new Map<string, number>();
  beforeAll(async () => {
    door = await startHarness();
  });
  afterAll(async () => {
    console.info(`recorded bodies: ${JSON.stringify(Object.fromEntries([...counts].sort()))}`);
    await door.close();
  });

  it.each(rows.map((row) => [row.format, row.id, row] as const))(
    '%s %s is accepted, or refused with a reason, at both doors',
    async (format, _, row) => {
      const text = readFileSync(join(folder, row.file), 'utf8');
      for (const path of ['/v1/webhooks/alertmanager', '/v1/incidents']) {
        const { status, body } = await door.send('POST', path, text);
        expect([202, 422]).toContain(status);
        if (status === 422) expect(String(body['detail']).length).toBeGreaterThan(20);
        else expect((body['results'] as unknown[]).length).toBeGreaterThan(0);
        if (path === '/v1/webhooks/alertmanager' && format.startsWith('alertmanager') && !format.endsWith('silences'))
          expect(status).toBe(202);
        const results = status === 202 ? (body['results'] as { result: string }[]).map(({ result }) => result) : ['422'];
        for (const result of results) counts.set(`${path} ${result}`, (counts.get(`${path} ${result}`) ?? 0) + 1);
        counts.set(`${path} bodies ${status}`, (counts.get(`${path} bodies ${status}`) ?? 0) + 1);
      }
    },
  );
});
