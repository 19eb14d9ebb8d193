import type { TelemetryEvidence, TelemetryReference } from '@inquest/rca';
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { errorCode } from '../errors.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { BaselineFile, CaseFile, evidenceOf, referenceOf } from './rca-case-file.js';

export interface TelemetryCase {
  id: string;
  evidence: TelemetryEvidence;
  reference?: TelemetryReference | undefined;
}

export interface UnreadableCase {
  case_id: string;
  error: string;
}

const EVIDENCE_FILE = /\.json(?:\.gz)?$/;
const REFERENCE_SCHEMA = /^rca-baseline\//;
/** A decompressed file; the largest known one has a few megabytes. */
const BYTES_MAX = 256 * 1024 * 1024;

/** Every incident under a folder, in the order of their paths. A file that cannot be read is reported and holds up nobody. */
export async function* casesIn(dir: string): AsyncGenerator<TelemetryCase | UnreadableCase> {
  const references = new Map<string, Promise<TelemetryReference>>();
  for (const path of await evidenceFiles(dir)) {
    try {
      const content = await readJson(path);
      if (REFERENCE_SCHEMA.test(Schema.safeParse(content).data?.schema ?? '')) continue;
      const file = CaseFile.parse(content);
      yield {
        id: file.case_id,
        evidence: evidenceOf(file),
        reference: file.baseline ? await referenceAt(join(dirname(path), file.baseline), references) : undefined,
      };
    } catch (error) {
      yield { case_id: basename(path).replace(EVIDENCE_FILE, ''), error: problemOf(error) };
    }
  }
}

const Schema = z.object({ schema: z.string() });

const evidenceFiles = async (dir: string): Promise<string[]> => {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && EVIDENCE_FILE.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error)))
      throw new CommandError(
        `${dir} is no folder that can be read.`,
        EXIT.usage,
        'Give the folder that holds the evidence files.',
      );
    throw error;
  }
};

const referenceAt = (path: string, known: Map<string, Promise<TelemetryReference>>): Promise<TelemetryReference> => {
  const reading = known.get(path) ?? readJson(path).then((content) => referenceOf(BaselineFile.parse(content)));
  known.set(path, reading);
  return reading;
};

const unzip = promisify(gunzip);

const readJson = async (path: string): Promise<unknown> => {
  const bytes = await readFile(path);
  const text = path.endsWith('.gz') ? await unzip(bytes, { maxOutputLength: BYTES_MAX }) : bytes;
  return JSON.parse(text.toString('utf8'));
};

const problemOf = (error: unknown): string => {
  if (error instanceof z.ZodError) return z.prettifyError(error).slice(0, 500);
  if (error instanceof SyntaxError) return 'The file is not JSON.';
  if (errorCode(error) === 'ENOENT') return 'Its baseline file is not there.';
  return error instanceof Error ? error.message : String(error);
};
