import { redact } from '@inquest/hygiene';
import { createHash } from 'node:crypto';

/** No secret is longer, private keys aside, and those are told by their beginning. */
const SECRET_MAX = 8_192;

/** Equal for equal texts: what is cut here is part of fingerprints. Nobody can guess it who does not know the text. */
const saltOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The first `max` UTF-16 units. Secrets are taken out before: half of one that the cut goes through nobody would recognise later. */
export const headOf = (text: string, max: number): string =>
  text.length <= max
    ? text
    : redact(text.slice(0, max + SECRET_MAX), { salt: saltOf(text) })
        .text.slice(0, max)
        .toWellFormed();

/** The last `max` UTF-16 units, in the same way. */
export const tailOf = (text: string, max: number): string =>
  text.length <= max
    ? text
    : redact(text.slice(-max - SECRET_MAX), { salt: saltOf(text) })
        .text.slice(-max)
        .toWellFormed();

/** Cut to `max` UTF-16 units, an ellipsis at the end, without leaving half a surrogate pair or half a secret. */
export const cut = (text: string, max: number): string => (text.length <= max ? text : `${headOf(text, max - 1)}…`);
