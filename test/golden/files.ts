import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

// Found from the working directory, which is the repository's root for Jest and for every npm script.
const at = (...parts: readonly string[]): string => join(process.cwd(), ...parts);

/** The folder of the rows of `agent_sessions` as PostgreSQL stored them under a schema version. */
export const goldenRowsFolder = (version: number): string => at('libs/record/fixtures', `v${version}`, 'sessions');
/** The folder of the entries of session streams and inboxes as Redis stored them. */
export const goldenStreamsFolder = (version: number): string => at('libs/contracts/fixtures', `v${version}`, 'streams');

/** Id, then field, value, field, value: as Redis answers. */
const RawEntry = z.tuple([z.string(), z.array(z.string())]);
export type RawEntry = z.infer<typeof RawEntry>;

const GoldenStreams = z.object({
  about: z.string(),
  sessionId: z.uuid(),
  session: z.array(RawEntry),
  inboxes: z.record(z.string(), z.array(RawEntry)),
});
export type GoldenStreams = z.infer<typeof GoldenStreams> & { readonly name: string };

const GoldenRows = z.object({
  about: z.string(),
  /** `leaf` is the row's hash in the ledger, in hex; `row` has a member per column. */
  rows: z.array(z.object({ leaf: z.string(), row: z.record(z.string(), z.json()) })),
});
export type GoldenRows = z.infer<typeof GoldenRows> & { readonly name: string };

export const goldenStreams = (version: number): GoldenStreams[] => read(goldenStreamsFolder(version), GoldenStreams);
export const goldenRows = (version: number): GoldenRows[] => read(goldenRowsFolder(version), GoldenRows);

const read = <T extends object>(folder: string, schema: z.ZodType<T>): (T & { name: string })[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ ...schema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))), name: file.replace('.json', '') }));

/** The value of one field of a raw entry. */
export const fieldOf = ([, fields]: RawEntry, name: string): string | undefined => {
  const index = fields.findIndex((field, position) => position % 2 === 0 && field === name);
  return index === -1 ? undefined : fields[index + 1];
};
