import type { TelemetryDiagnosis, TelemetryEvidence, TelemetryReference } from '@inquest/rca';
import type { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import { CommandError, EXIT } from '../exit-codes.js';
import type { Register } from './register.js';
import { casesIn, type TelemetryCase } from './rca-cases.js';

const HELP = `
Works without a server and without a model. <dir> and its folders hold incidents as rca-evidence/1 files (*.json, *.json.gz), each
naming the file of its fault-free reference as "baseline". Only what was measured is read: neither the answer nor the names of case
and data set nor the time of the injection.
Every line of output is {"case_id", "ranked": [{"service", "score", "confidence", "faultType"}], "change": [...], "onset", "ms"}, best
first; "change" holds commit ids and "none". A file that cannot be read gets {"case_id", "error"}, and the exit code is then 1.

Examples:
  $ npx inquest rca --jsonl incidents > predictions.jsonl
`;

interface Options {
  readonly jsonl?: true;
}

export const registerRca: Register = (program, { terminal }) =>
  void program
    .command('rca')
    .summary('find root causes in metrics, traces, logs and changes')
    .description(
      'Ranks, for each incident of a folder, the services where it may have started and the changes that may have caused it.',
    )
    .argument('<dir>', 'folder with evidence files')
    .option('--jsonl', 'one line of JSON for each incident')
    .addHelpText('after', HELP)
    .action(async (dir: string, _options: unknown, command: Command) => {
      if (!command.optsWithGlobals<Options>().jsonl)
        throw new CommandError('Give --jsonl, for one line of JSON an incident.', EXIT.usage, 'See: npx inquest rca --help');
      const { diagnoseTelemetry } = await import('@inquest/rca');
      let [read, failed] = [0, 0];
      for await (const one of casesIn(dir)) {
        if (terminal.interrupted.aborted) return;
        read += 1;
        if ('error' in one) failed += 1;
        terminal.out(JSON.stringify('error' in one ? one : answerTo(one, diagnoseTelemetry)));
      }
      if (read === 0) throw new CommandError(`${dir} holds no evidence files (*.json, *.json.gz).`, EXIT.failed);
      if (failed > 0) throw new CommandError(`${failed} of ${read} files could not be read; see their lines.`, EXIT.failed);
    });

type Engine = (evidence: TelemetryEvidence, reference?: TelemetryReference) => TelemetryDiagnosis;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** A case's line; `ms` is the engine's time alone, without reading and checking the file. */
const answerTo = ({ id, evidence, reference }: TelemetryCase, engine: Engine): Record<string, unknown> => {
  const startedMs = performance.now();
  const { ranked, changes, onset } = engine(evidence, reference);
  const ms = performance.now() - startedMs;
  return {
    case_id: id,
    ranked: ranked.map(({ service, score, confidence, faultType }) => ({
      service,
      score: rounded(score, 4),
      confidence: rounded(confidence, 4),
      faultType,
    })),
    change: changes.map(({ id: change }) => change),
    onset: Number.isFinite(onset.atSeconds) ? rounded(onset.atSeconds, 3) : null,
    ms: rounded(ms, 3),
  };
};
