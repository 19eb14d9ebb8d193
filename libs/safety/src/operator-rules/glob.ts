/**
 * Whether a text fits a pattern in which `*` stands for any characters and `?` for one; upper and lower case are the same.
 * No regular expression: a pattern of an operator and a text of an attacker must not meet in one. Time is at most the product
 * of both lengths.
 */
export const fitsGlob = (pattern: string, text: string): boolean => {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, from, star, resume] = [0, 0, -1, 0];
  while (from < given.length) {
    if (wanted[at] === '*') {
      star = at;
      at += 1;
      resume = from;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      from = resume;
    } else return false;
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
};

export const fitsAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => fitsGlob(pattern, text));
