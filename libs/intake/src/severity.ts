import type { Severity } from '@inquest/contracts';

const WORDS: Record<Exclude<Severity, 'unknown'>, readonly string[]> = {
  critical: ['critical', 'crit', 'page', 'fatal', 'emergency', 'disaster', 'p1', 'sev1', 'sev-1', 'severity1', 'blocker'],
  high: ['high', 'error', 'err', 'major', 'severe', 'p2', 'sev2', 'sev-2', 'urgent'],
  warning: ['warning', 'warn', 'minor', 'medium', 'average', 'moderate', 'p3', 'sev3', 'sev-3'],
  info: [
    'info',
    'information',
    'informational',
    'low',
    'notice',
    'debug',
    'none',
    'ok',
    'p4',
    'p5',
    'sev4',
    'sev5',
    'not_classified',
  ],
};

const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([severity, words]) => words.map((word) => [word, severity as Severity] as const)),
);

/** Five degrees out of everybody's own words; a word that nobody uses is `unknown`, never a guess. */
export const severityOf = (word: string | undefined): Severity => BY_WORD.get(word?.trim().toLowerCase() ?? '') ?? 'unknown';
