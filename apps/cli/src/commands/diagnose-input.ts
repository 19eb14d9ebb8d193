import { DIMENSIONS } from '@inquest/contracts';
import { scenarioOf, type Scenario } from '@inquest/intake';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { errorCode } from '../errors.js';
import { CommandError, EXIT } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';
import type { TelemetryCase } from './diagnose-explanation.js';
import { BaselineFile, CaseFile, evidenceOf, referenceOf } from './rca-case-file.js';
import { casesIn } from './rca-cases.js';

/** What there is to explain: a snapshot with its incident, or a case of measurements alone. */
export type Input =
  { readonly kind: 'snapshot'; readonly scenario: Scenario } | { readonly kind: 'case'; readonly one: TelemetryCase };

const SHAPES =
  'A snapshot is {"incident": …, "evidence": …} as in apps/standalone/incidents/, or an EvidenceSnapshot by itself; a case file has "schema": "rca-evidence/1".';
const BYTES_MAX = 256 * 1024 * 1024;
const WELL_KNOWN_QUESTION = { title: 'What is wrong here?' };

const Case = z.looseObject({ schema: z.string().regex(/^rca-evidence\//) });
const unzip = promisify(gunzip);

/** Everything in a file, in a folder of case files, or on standard input for `-`. */
export async function* inputsFrom(path: string, terminal: Terminal): AsyncGenerator<Input> {
  if (path !== '-' && (await isFolder(path))) {
    let count = 0;
    for await (const one of casesIn(path)) {
      count += 1;
      if ('error' in one) throw new CommandError(`Cannot read case ${one.case_id} in ${path}: ${one.error}`, EXIT.failed, SHAPES);
      yield { kind: 'case', one: { title: one.id, evidence: one.evidence, reference: one.reference } };
    }
    if (count === 0) throw new CommandError(`${path} holds no case files (*.json, *.json.gz).`, EXIT.failed, SHAPES);
    return;
  }
  const content = parsed(path === '-' ? await terminal.readInput() : await textOf(path), path);
  yield Case.safeParse(content).success
    ? { kind: 'case', one: await caseIn(content, path) }
    : { kind: 'snapshot', scenario: snapshotIn(content, path) };
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(unreadable(path))).isDirectory();

const textOf = async (path: string): Promise<string> => {
  const bytes = await readFile(path).catch(unreadable(path));
  if (!path.endsWith('.gz')) return bytes.toString('utf8');
  const whole = await unzip(bytes, { maxOutputLength: BYTES_MAX }).catch(() => {
    throw new CommandError(`Cannot read ${path}: it is no gzip file, or over 256 MiB.`);
  });
  return whole.toString('utf8');
};

const unreadable =
  (path: string) =>
  (error: unknown): never => {
    const reason = { ENOENT: 'there is no such file or folder', EACCES: 'it may not be read' }[errorCode(error)];
    throw new CommandError(`Cannot read ${path}: ${reason ?? String(error)}.`, EXIT.failed, SHAPES);
  };

const parsed = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${path === '-' ? 'Standard input' : path} is not JSON: ${reason}.`, EXIT.failed, SHAPES);
  }
};

const caseIn = async (content: unknown, path: string): Promise<TelemetryCase> => {
  const file = CaseFile.safeParse(content);
  if (!file.success) throw new CommandError(`${path} is no case file: ${z.prettifyError(file.error)}`, EXIT.failed, SHAPES);
  const { case_id: title, baseline } = file.data;
  if (!baseline) return { title, evidence: evidenceOf(file.data) };
  if (path === '-')
    throw new CommandError(
      `The case needs its baseline ${basename(baseline)}.`,
      EXIT.failed,
      'Give the file by its path, beside its baseline.',
    );
  const beside = join(dirname(path), baseline);
  const reference = BaselineFile.safeParse(parsed(await textOf(beside), beside));
  if (!reference.success)
    throw new CommandError(`${beside} is no baseline: ${z.prettifyError(reference.error)}`, EXIT.failed, SHAPES);
  return { title, evidence: evidenceOf(file.data), reference: referenceOf(reference.data) };
};

const Snapshot = z.looseObject(Object.fromEntries(DIMENSIONS.map((name) => [name, z.array(z.unknown()).optional()])));
const isSnapshot = (content: unknown): boolean => {
  const { success, data } = Snapshot.safeParse(content);
  return success && !('incident' in data) && DIMENSIONS.some((name) => name in data);
};
const EvidenceAlone = z.looseObject({ evidence: z.unknown().refine((evidence) => evidence !== undefined) });

const snapshotIn = (content: unknown, path: string): Scenario => {
  const alone = EvidenceAlone.safeParse(content);
  const file = isSnapshot(content)
    ? { incident: WELL_KNOWN_QUESTION, evidence: content }
    : alone.success && !('incident' in alone.data)
      ? { incident: WELL_KNOWN_QUESTION, evidence: alone.data.evidence }
      : content;
  const reading = scenarioOf(file, { receivedAt: new Date().toISOString() });
  if (reading.readable) return reading.scenario;
  throw new CommandError(`Cannot explain ${path === '-' ? 'standard input' : path}: ${reading.reason}`, EXIT.failed, SHAPES);
};
