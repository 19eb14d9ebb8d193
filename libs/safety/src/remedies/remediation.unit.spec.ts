import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isReversible } from '@inquest/debate';
import { judgeCommand } from '../judge-command.js';
import { readCommand } from '../commands/read-command.js';

const shared = resolve(process.env['INQUEST_SHARED'] ?? '../shared', 'incidents', 'remediation');
const file = join(shared, 'itbench-scenarios.jsonl');
const present = existsSync(file);
if (!present) console.info(`Skipped: the listed remedies are not at ${shared}.`);

const Row = z.object({
  id: z.string(),
  label: z.string(),
  may_auto_execute: z.boolean(),
  remediation_commands: z.array(z.string()),
});

(present ? describe : describe.skip)('remedies listed by others', () => {
  const rows = present
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => Row.parse(JSON.parse(line)))
    : [];

  it('never lets one that a person must run pass as reversible and approved as a whole', () => {
    for (const { id, may_auto_execute: auto, remediation_commands: commands } of rows) {
      if (auto || commands.length === 0) continue;
      const free = commands.every((command) => {
        const [fact] = readCommand(command).facts;
        return (
          judgeCommand(command).judgement === 'APPROVE' &&
          fact !== undefined &&
          isReversible({ tool: fact.tool, verb: fact.verb, undo: { command: '', description: 'x' } })
        );
      });
      expect({ id, free }).toEqual({ id, free: false });
    }
  });

  it('asks about every edit, patch and delete', () => {
    for (const command of rows.flatMap(({ remediation_commands: commands }) => commands)) {
      if (/ (edit|patch|delete|annotate|replace) /.test(command))
        expect({ command, judgement: judgeCommand(command).judgement }).not.toEqual({ command, judgement: 'APPROVE' });
    }
  });
});
