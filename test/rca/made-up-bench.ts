import { diagnoseTelemetry } from '@inquest/rca';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaseFile, evidenceOf } from '../../apps/cli/src/commands/rca-case-file.js';
import { FAULTS, madeUpCase } from './made-up-systems.js';
import { accuracyAt } from './measures.js';
import { referenceMethods } from './reference-methods.js';
import { gzipSync } from 'node:zlib';

export interface MadeUpRow {
  set: string;
  method: string;
  count: number;
  ac1: number;
  ac3: number;
}

const SEEDS = 20;
/** Those that need nothing but metrics. */
const RIVALS = ['baro(pre)', 'nsigma(pre)', 'absz(both)'];

/** Metrics of systems that were made up, and so tuned to nobody's: ours, told nothing, beside rivals that are told the time. */
export const madeUpBench = async (shared: string | undefined): Promise<MadeUpRow[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'rca-made-up-'));
  try {
    const rows: MadeUpRow[] = [];
    for (const plain of [true, false])
      for (const fault of FAULTS) {
        const cases = Array.from({ length: SEEDS }, (_, index) => madeUpCase(fault, index + 1, { plain }));
        const ranks = cases.map((one) => {
          const { ranked } = diagnoseTelemetry(evidenceOf(CaseFile.parse(one)));
          return ranked.findIndex(({ service }) => service === one.ground_truth.service) + 1 || Infinity;
        });
        for (const one of cases) await writeFile(join(folder, `${one.case_id}.json.gz`), gzipSync(JSON.stringify(one)));
        const set = cases[0]?.dataset ?? '';
        rows.push({ set, method: 'Inquest', count: SEEDS, ac1: accuracyAt(ranks, 1), ac3: accuracyAt(ranks, 3) });
      }
    const rivals = shared === undefined ? [] : await referenceMethods(shared, folder, RIVALS);
    const others = rivals.map(({ dataset, method, n, ac1, ac3 }) => ({ set: dataset, method, count: n, ac1, ac3 }));
    return rows.flatMap((row) => [row, ...others.filter(({ set }) => set === row.set)]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
