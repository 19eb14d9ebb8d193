import type { Command } from 'commander';
import { renderExplanation } from '../render/explanation.js';
import { explainCase, explainSnapshot, type Explanation } from './diagnose-explanation.js';
import { inputsFrom } from './diagnose-input.js';
import type { Register } from './register.js';

const HELP = `
Works without a server and without a model: the same rules and the same engine that the Diagnostician begins with. <path> is a file
with {"incident": …, "evidence": …}, an EvidenceSnapshot by itself, a case of measurements (rca-evidence/1, *.json or *.json.gz), a
folder of such cases, or - for standard input.
It names the candidates with their confidence and fault type, what speaks for and against each and where it stands, draws the series
that decided, and says whether a change did it. Below a confidence of 0.4 it names no cause and says so.

Exit codes: 0 explained (also when it cannot tell), 1 something cannot be read.

Examples:
  $ npx inquest diagnose apps/standalone/incidents/payments-api-oom.json
  $ npx inquest diagnose --json snapshot.json | jq '.candidates[0]'
`;

interface Options {
  readonly json?: true;
}

export const registerDiagnose: Register = (program, { terminal }) =>
  void program
    .command('diagnose')
    .summary('explain what an evidence snapshot says, and why')
    .description(
      'Explains to a person what broke according to a snapshot: candidates, evidence for and against, the series that decided.',
    )
    .argument('<path>', 'snapshot, case file, folder of cases, or - for standard input')
    .option('--json', 'print each explanation as one line of JSON')
    .addHelpText('after', HELP)
    .action(async (path: string, _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<Options>();
      const { diagnose, diagnoseTelemetry } = await import('@inquest/rca');
      let isFirst = true;
      for await (const input of inputsFrom(path, terminal)) {
        if (terminal.interrupted.aborted) return;
        const explanation =
          input.kind === 'snapshot' ? explainSnapshot(input.scenario, diagnose) : explainCase(input.one, diagnoseTelemetry);
        if (json) terminal.out(JSON.stringify(asLine(explanation)));
        else for (const line of [...(isFirst ? [] : ['']), ...renderExplanation(explanation, terminal.style)]) terminal.out(line);
        isFirst = false;
      }
    });

/** Of the series only what they are: whoever wants their points has them in the file. */
const asLine = ({ series, ...explanation }: Explanation): unknown => ({
  ...explanation,
  series: series.map(({ points, ...one }) => ({ ...one, points: points.length })),
});
