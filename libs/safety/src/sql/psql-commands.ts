/** psql's own commands that list, describe or lay out; none of them sends SQL of ours, writes a file or runs a program. */
const LOOKS =
  /^\s*\\(d[a-zA-Z]*[S+x]*|l[x+]*|z[S]?|s[fv]\+?|conninfo|encoding|errverbose|timing|x|a|t|q|h|\?|pset (?!pager)\w+|copyright|echo)(\s+[^`\\]*)?$/;

/** The text without the lines that only look; what is left is SQL, or a command of psql that nobody vouched for. */
export const withoutLooks = (sql: string): string =>
  sql.includes('\\')
    ? sql
        .split('\n')
        .filter((line) => !LOOKS.test(line))
        .join('\n')
    : sql;
