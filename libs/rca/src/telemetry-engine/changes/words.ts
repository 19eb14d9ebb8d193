/** Words too common in code and logs to connect the two. */
const COMMON = new Set(
  (
    'the and for with from that this into not error failed service http req resp status msg get set new add update src main func ' +
    'return const true false null nil line file test'
  ).split(' '),
);

/** Words of three letters and more, in lower case, without those of which every diff and log is full. */
export const wordsOf = (text: string): Set<string> =>
  new Set((text.toLowerCase().match(/[a-z][a-z0-9]{2,}/g) ?? []).filter((word) => !COMMON.has(word)));
