import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { transformFile } from '@swc/core';
import { readFile, rm, writeFile } from 'node:fs/promises';

/** A program that starts a server, watches over it, prints its pid and then hangs. */
const program = async (directory: string, temporaryDir: string): Promise<string> => {
  const { code } = await transformFile(join(__dirname, 'watchdog.ts'), {
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  await writeFile(join(directory, 'watchdog.cjs'), code);
  const main = join(directory, 'main.cjs');
  await writeFile(
    main,
    `const { watchOver } = require('./watchdog.cjs');
     const server = require('node:child_process').spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
     server.once('spawn', () => { watchOver(server, { stopSignal: 'SIGTERM', temporaryDir: ${JSON.stringify(temporaryDir)} }); console.log(server.pid); });`,
  );
  return main;
};

/** A process that has ended but was not collected, as in a container without an init, counts as gone. */
const gone = async (pid: number): Promise<boolean> => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) === '';

it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'ends a server and removes its files when its owner dies by %s',
  async (signal) => {
    const directory = await mkdtemp(join(tmpdir(), 'inquest-spec-'));
    const temporaryDir = await mkdtemp(join(tmpdir(), 'inquest-spec-files-'));
    const owner = spawn(process.execPath, [await program(directory, temporaryDir)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = (await once(owner.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    expect(await gone(pid)).toBe(false);
    owner.kill(signal);
    while (!(await gone(pid)) || existsSync(temporaryDir)) await delay(20);
    await rm(directory, { recursive: true });
  },
);
