import { resolve } from 'node:path';
import { run } from './program.js';
import { processTerminal } from './terminal.js';

// `inquest sessions | head` closes our output early: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

process.exitCode = await run(process.argv.slice(2), {
  terminal: processTerminal(interruption.signal),
  rootDir: resolve(import.meta.dirname, '../../..'),
});
