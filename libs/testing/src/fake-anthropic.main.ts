import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FakeAnthropic } from './fake-anthropic.js';
import { FakeScript } from './fake-anthropic-script.js';

const USAGE = `Usage: node fake-anthropic.main.js [--port <port>] [--script <file.json>]
Serves the Messages API until it is told to stop; prints {"url": …} when it is ready.
The script: {"<role>" or "*": [{"kind": "answer", "json": …}, {"kind": "error", "status": 529}, …]}; the last one is repeated.
`;

const Port = z.coerce.number().int().min(0).max(65_535).default(0);

const { values } = parseArgs({ options: { port: { type: 'string' }, script: { type: 'string' }, help: { type: 'boolean' } } });

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const script = values.script === undefined ? {} : FakeScript.parse(JSON.parse(readFileSync(values.script, 'utf8')));
  const fake = await FakeAnthropic.start({ port: Port.parse(values.port), script });
  process.stdout.write(`${JSON.stringify({ url: fake.url })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void fake.stop());
}
