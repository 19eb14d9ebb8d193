import { DIMENSIONS, type EvidenceSnapshot } from '@inquest/contracts';
import type { Format, Intake, Receipt } from './intake.js';
import { snapshotOf } from './snapshot.js';
import { fieldsOf, type Fields } from './values.js';

/** Of one dimension. */
const ITEMS_MAX = 200;

type ReadBody = (format: Format | 'auto', body: unknown, receipt: Receipt) => Intake;

/** An alert inside an envelope, beside what somebody collected for it: every member of `evidence` becomes one item. */
export const unwrapped = (body: Fields, receipt: Receipt, read: ReadBody): Intake => {
  const inner = read('auto', body['alert'], receipt);
  if (!inner.readable) return { ...inner, format: 'wrapped', reason: `In the member "alert": ${inner.reason}` };
  const brought = snapshotOf(
    Object.entries(fieldsOf(body['evidence'])).map(([name, json]) => ({
      id: name,
      kind: 'tool_output',
      tool: name,
      title: name,
      status: 'ok',
      json,
    })),
  );
  const signals = inner.signals.map((signal) =>
    signal.kind === 'firing' ? { ...signal, evidence: merged(signal.evidence, brought) } : signal,
  );
  return { ...inner, format: 'wrapped', signals };
};

const merged = (own: EvidenceSnapshot, brought: EvidenceSnapshot): EvidenceSnapshot => {
  const both = { ...own };
  for (const dimension of DIMENSIONS) both[dimension] = [...own[dimension], ...brought[dimension]].slice(0, ITEMS_MAX);
  return both;
};
