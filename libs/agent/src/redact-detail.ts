import { cleanText } from '@inquest/hygiene';

/** Errors quote what they choked on, and that may be a secret: letters are read by more people than secrets are for. */
export const redactDetail = (detail: string): string => cleanText(detail).text;
