/** A token of SQL of any dialect; words in upper case, so that they can be compared. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'number' | 'sign';
  readonly text: string;
}

export interface SqlTokens {
  readonly tokens: readonly SqlToken[];
  /** Why two dialects could read the text differently; then nothing in it may be approved. */
  readonly ambiguous?: string;
}

const PIECE =
  /(--[^\n]*|#[^\n]*)|(\/\*!?\d*)|(\*\/)|('(?:''|\\[\s\S]|[^'\\])*(?:'|$)|"(?:""|\\[\s\S]|[^"\\])*(?:"|$)|`(?:``|[^`])*(?:`|$)|\[[\w $.-]+\])|([A-Za-z_@$][\w$@]*)|(\d[\w.]*)|\s+|(<>|!=|<=|>=|\|\||&&|:=|::|[\s\S])/g;

/**
 * The tokens of a SQL text whose dialect is not PostgreSQL's. Where dialects disagree on what is a comment or where a string
 * ends, the text counts as ambiguous. MySQL's `/*! … *\/` runs, so what is in it counts; other comments do not.
 */
export const sqlTokens = (text: string): SqlTokens => {
  const tokens: SqlToken[] = [];
  let ambiguous: string | undefined;
  let comment = false;
  for (const [, line, open, close, quoted, word, number, sign] of text.matchAll(PIECE)) {
    if (comment) {
      if (close !== undefined || line?.includes('*/')) comment = false;
      if (line?.includes('*/') || quoted?.includes('*/')) ambiguous = 'the end of a comment is not certain';
      if (quoted?.includes('*/')) comment = false;
    } else if (line !== undefined) {
      if (!/^--(\s|$)/.test(line)) ambiguous = 'what is a comment differs between dialects';
    } else if (open !== undefined) comment = !open.includes('!');
    else if (quoted !== undefined) {
      if (quoted.includes('\\')) ambiguous = 'where a string ends differs between dialects';
      if (quoted.length < 2 || quoted.at(-1) !== (quoted[0] === '[' ? ']' : quoted[0])) ambiguous = 'a quote is not closed';
      tokens.push({ kind: 'quoted', text: quoted.slice(1, -1) });
    } else if (word !== undefined) tokens.push({ kind: 'word', text: word.toUpperCase() });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return ambiguous === undefined ? { tokens } : { tokens, ambiguous };
};

const BREAKS = new Set(['BEGIN', 'THEN', 'ELSE', 'LOOP', 'DO', 'GO']);

/** The statements, as far as semicolons and the words of blocks tell. */
export const splitStatements = (tokens: readonly SqlToken[]): SqlToken[][] => {
  const statements: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (
      (token.kind === 'sign' && token.text === ';') ||
      (token.kind === 'word' && BREAKS.has(token.text) && !insideCase(statements.at(-1)))
    ) {
      if (token.text !== ';') statements.at(-1)?.push(token);
      statements.push([]);
    } else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
};

const insideCase = (statement: readonly SqlToken[] = []): boolean => {
  const count = (word: string): number => statement.filter(({ kind, text }) => kind === 'word' && text === word).length;
  return count('CASE') > count('END');
};
