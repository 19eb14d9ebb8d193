import { syntheticIncident } from '../../libs/rca/src/telemetry-engine/testing/synthetic-incident.js';
import type { TelemetryEvidence, TelemetryReference } from '@inquest/rca';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { casesIn } from '../../apps/cli/src/commands/rca-cases.js';

/** An incident with its answer, which the engine never sees. */
export interface LabelledCase {
  set: string;
  evidence: TelemetryEvidence;
  reference?: TelemetryReference | undefined;
  /** Where it started. */
  service: string;
  /** The guilty commit or `none`, where changes are judged. */
  change?: string | undefined;
  /** When it was injected, if known. */
  onsetSeconds?: number | undefined;
}

const Answer = z.object({
  case_id: z.string(),
  dataset: z.string(),
  t0: z.number(),
  ground_truth: z.object({ service: z.string(), change: z.string().optional() }),
});

/** The incidents of a folder, each with the answer that its file holds. */
export const labelledCases = async (folder: string): Promise<LabelledCase[]> => {
  const answers = new Map<string, z.infer<typeof Answer>>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.json.gz') || entry.name.startsWith('baseline')) continue;
    const answer = Answer.parse(JSON.parse(gunzipSync(await readFile(join(entry.parentPath, entry.name))).toString('utf8')));
    answers.set(answer.case_id, answer);
  }
  const cases: LabelledCase[] = [];
  for await (const one of casesIn(folder)) {
    if ('error' in one) throw new Error(`${one.case_id} cannot be read: ${one.error}`);
    const answer = answers.get(one.id);
    if (!answer) throw new Error(`${one.id} has no answer.`);
    const { service, change } = answer.ground_truth;
    cases.push({ ...one, set: answer.dataset, service, change, onsetSeconds: answer.t0 });
  }
  return cases;
};

/** Small shops made up here, for when no labelled incidents are at hand. */
export const syntheticCases = (): LabelledCase[] =>
  (['cpu', 'memory', 'latency'] as const).flatMap((kind) =>
    Array.from({ length: 20 }, (_, index) => {
      const beforeSeconds = 200 + 40 * index;
      const { evidence, culprit, onsetSeconds } = syntheticIncident({ seed: index + 1, kind, beforeSeconds, duringSeconds: 240 });
      return { set: `made-up ${kind}`, evidence, service: culprit, onsetSeconds };
    }),
  );

/** Where labelled incidents and reference methods are, if anywhere: beside the repository. */
export const sharedFolder = (repository: string): string | undefined => {
  const folder = join(repository, '..', 'shared', 'rca');
  return existsSync(join(folder, 'reference.mjs')) ? folder : undefined;
};
