import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const Row = z.object({
  dataset: z.string(),
  method: z.string(),
  n: z.number(),
  ac1: z.number(),
  ac3: z.number(),
  ac5: z.number(),
  avg5: z.number(),
  ms_mean: z.number(),
  ms_max: z.number(),
});
export type ReferenceRow = z.infer<typeof Row>;

/** The published methods and baselines on the same cases, by the program that lies beside the shared ones. */
export const referenceMethods = async (
  folder: string,
  cases: string = folder,
  methods: readonly string[] = [],
): Promise<ReferenceRow[]> => {
  const scratch = await mkdtemp(join(tmpdir(), 'rca-bench-'));
  try {
    const file = join(scratch, 'reference.json');
    const only = methods.length > 0 ? ['--methods', methods.join(',')] : [];
    await promisify(execFile)(process.execPath, [join(folder, 'reference.mjs'), cases, '--json', file, ...only], {
      maxBuffer: 1 << 26,
    });
    return z.array(Row).parse(JSON.parse(await readFile(file, 'utf8')));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};
