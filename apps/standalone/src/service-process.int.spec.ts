import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@inquest/servers';
import { ServiceProcess, type ServiceLaunch } from './service-process.js';

/** A service that says ready, and tells on its output how it was started and ended. */
const SCRIPT = `
  import { createServer } from 'node:http';
  if (process.env.FAULT) { console.error(process.env.FAULT); process.exit(1); }
  createServer((_, response) => response.end('{}')).listen(Number(process.env.PORT), () => console.log('consumer ' + process.env.INQUEST_CONSUMER));
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });
`;

const launching = async (overrides: Partial<ServiceLaunch> = {}): Promise<ServiceLaunch> => {
  const script = join(await mkdtemp(join(tmpdir(), 'inquest-service-')), 'main.mjs');
  await writeFile(script, SCRIPT);
  const silent = (): void => undefined;
  return {
    service: 'reviewer',
    index: 1,
    script,
    port: await freePort(),
    environment: { ...process.env },
    onLine: silent,
    onLost: silent,
    ...overrides,
  };
};

describe('a service as a process', () => {
  it('is ready when its door says so, under a consumer name of its own, and drains when stopped', async () => {
    const lines: string[] = [];
    const one = await ServiceProcess.start(await launching({ onLine: (_, line) => void lines.push(line) }));
    expect((await fetch(`${one.url}/readyz`)).ok).toBe(true);
    await one.stop(5_000);
    expect(one.hasEnded).toBe(true);
    expect(lines).toEqual(['consumer reviewer-1', 'drained']);
  });

  it('tells when it was lost, and not when it was asked to stop', async () => {
    const lost: string[] = [];
    const launch = await launching({ onLost: (name, how) => void lost.push(`${name} ${how}`) });
    const one = await ServiceProcess.start(launch);
    await one.kill('SIGKILL');
    expect(lost).toEqual(['reviewer.1 SIGKILL']);
    const two = await ServiceProcess.start(launch);
    await two.stop(5_000);
    expect(lost).toHaveLength(1);
  });

  it('ends even when it was paused', async () => {
    const one = await ServiceProcess.start(await launching());
    await one.kill('SIGSTOP');
    await one.stop(5_000);
    expect(one.hasEnded).toBe(true);
  });

  it('says why it did not start', async () => {
    const launch = await launching({ environment: { ...process.env, FAULT: 'REDIS_URL is not set' } });
    await expect(ServiceProcess.start(launch)).rejects.toThrow(/reviewer\.1 did not start:\n {2}REDIS_URL is not set/);
  });
});
