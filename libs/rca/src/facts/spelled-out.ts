import type { Material } from './material.js';

/** A file system in `df`'s output: size, used, free, share used, where it is mounted. */
const DISK_ROW =
  /^\S{1,200}\s{1,40}[\d.]{1,12}[KMGTPi]{0,2}\s{1,40}[\d.]{1,12}[KMGTPi]{0,2}\s{1,40}[\d.]{1,12}[KMGTPi]{0,2}\s{1,40}(\d{1,3})%\s{1,40}(\/\S{0,200})$/;
const DISK_FULL_PERCENT = 95;
/** As OpenSSL prints the end of a certificate's validity. */
const NOT_AFTER = /\bnot ?After\s?[=:]\s{0,3}([A-Z][a-z]{2} +\d{1,2} [\d:]{8} \d{4}(?: GMT)?|\d{4}-\d\d-\d\dT[\d:]{8}Z)/i;

/** Rows of `get endpoints`, `get pvc`, `df` and the like say in a column what an event would say in a sentence. */
export const spelledOut = (raw: string, { title, invocation, collectedAt }: Material): string => {
  const asked = `${title} ${invocation}`;
  const name = /^\S+/.exec(raw)?.[0] ?? '';
  if (/endpoint/i.test(asked) && /^\S+\s{1,80}<none>\s{1,80}\d/.test(raw)) return `Service ${name} has no endpoints`;
  if (/\bpvc|persistentvolumeclaim/i.test(asked) && /\sPending\s/.test(raw))
    return `persistentvolumeclaim ${name} is pending: ${raw.replace(/\s+/g, ' ')}`;
  const scaler =
    /^(\S+)\s{1,40}\S+\s{1,40}(?:cpu: )?(\d{1,5})%\/(\d{1,5})%\s{1,40}\d{1,5}\s{1,40}(\d{1,5})\s{1,40}(\d{1,5})\b/.exec(raw);
  if (scaler !== null && Number(scaler[2]) > Number(scaler[3]) && Number(scaler[5]) >= Number(scaler[4])) {
    return `HPA ${name} is at maximum replicas (${scaler[5] ?? ''}) with CPU at ${scaler[2] ?? ''} % over its target of ${scaler[3] ?? ''} %`;
  }
  const [, used = '', mount = ''] = DISK_ROW.exec(raw) ?? [];
  if (Number(used) >= DISK_FULL_PERCENT) return `disk is almost full: ${mount} at ${used} % (${raw.replace(/\s+/g, ' ')})`;
  const ends = Date.parse(NOT_AFTER.exec(raw)?.[1] ?? '');
  if (Number.isFinite(ends) && ends < collectedAt) return `certificate has expired: ${raw.trim()}`;
  return raw;
};
