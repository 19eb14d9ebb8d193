/**
 * What differs from one log line to the next, by type, in the order in which they are looked for. Each takes a bounded run of
 * characters and none can begin within another's run again and again, so that a line is read in linear time.
 */
const VARIABLES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['<time>', /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g],
  ['<time>', /\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?/g],
  ['<time>', /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} \d\d:\d\d:\d\d/g],
  ['<time>', /\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b/g],
  ['<uuid>', /\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b/g],
  ['<ip>', /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b/g],
  ['<hex>', /\b0x[0-9a-fA-F]{1,32}\b/g],
  // A word of hexadecimal digits, both kinds among them, such as a commit, a digest or a trace id.
  ['<hex>', /(?<![\w-])(?=[a-f]{0,40}\d)(?=\d{0,40}[a-f])[0-9a-f]{7,64}(?![\w.-])/g],
  ['<num>', /(?<![\w.])[+-]?\d{1,20}(?:\.\d{1,20})?(?=[^\w]|$|(?:ns|us|µs|ms|s|m|h|d|[KMGT]i?B?|[kMG]bps|B|%)(?:\W|$))/g],
  // Names that somebody numbered: `web-7f9dd8b6c4-x7gr9`, `order42`. Their letters stay where they come before the first digit.
  ['<id>', /(?<=\b[A-Za-z][A-Za-z_.-]{0,60})\d[\w.-]{0,100}/g],
];

/** A line with its variables replaced by their types. */
export const maskVariables = (line: string): string => {
  if (!/\d/.test(line)) return line;
  let masked = line;
  for (const [name, pattern] of VARIABLES) masked = masked.replace(pattern, name);
  return masked;
};
