import { cleanText } from '@inquest/hygiene';
import { z } from 'zod';

const CHARS_MAX = 500;

/** Why somebody switches something: kept for ever, without secrets, beside their name. */
export const Reason = z
  .string()
  .trim()
  .min(3)
  .max(CHARS_MAX)
  .transform((reason) => cleanText(reason, { charsMax: CHARS_MAX }).text);
