import type { SqlToken } from './sql-tokens.js';

/** Whether a statement's WHERE can leave rows out, judged by its words alone: when in doubt it cannot. */
export const restrictsInWords = (statement: readonly SqlToken[]): boolean => {
  const where = statement.findLastIndex(({ kind, text }) => kind === 'word' && text === 'WHERE');
  if (where < 0) return false;
  const rest = statement.slice(where + 1);
  const end = rest.findIndex(({ kind, text }) => kind === 'word' && /^(LIMIT|ORDER|RETURNING|OPTION)$/.test(text));
  const condition = rest.slice(0, end < 0 ? undefined : end).filter(({ text }) => text !== '(' && text !== ')');
  return condition.length > 0 && alternatives(condition).every(leavesOut);
};

const alternatives = (condition: readonly SqlToken[]): SqlToken[][] => {
  const parts: SqlToken[][] = [[]];
  for (const token of condition) {
    if ((token.kind === 'word' && token.text === 'OR') || token.text === '||') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
};

/** One of the conditions joined by AND must name a column and compare it with something else. */
const leavesOut = (part: readonly SqlToken[]): boolean => {
  const conditions: SqlToken[][] = [[]];
  for (const token of part) {
    if ((token.kind === 'word' && token.text === 'AND') || token.text === '&&') conditions.push([]);
    else conditions.at(-1)?.push(token);
  }
  return conditions.some((condition) => {
    const names = condition.filter(
      ({ kind, text }) => (kind === 'word' && !/^(NOT|TRUE|FALSE|NULL|IS|LIKE|IN)$/.test(text)) || kind === 'quoted',
    );
    const compares = condition.findIndex(({ text }) => /^(=|<|>|<>|!=|<=|>=|IN|LIKE|IS|BETWEEN)$/.test(text));
    const [left, right] = [condition.slice(0, compares), condition.slice(compares + 1)].map((side) =>
      side.map(({ text }) => text).join(' '),
    );
    const column = condition.some(({ kind }) => kind === 'word') && names.length > 0;
    const everything = condition.some(({ text }) => text === 'LIKE') && right === '%';
    return (
      column &&
      compares > 0 &&
      left !== right &&
      !everything &&
      !condition.slice(0, compares).every(({ kind }) => kind === 'number')
    );
  });
};
