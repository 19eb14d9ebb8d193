type Node = Record<string, unknown>;

/** True when a WHERE clause can leave rows out. Absent, constant and `… OR true` clauses cannot. */
export const restricts = (where: unknown): boolean => where !== undefined && where !== null && truth(where) !== true;

/** The constant value of an expression, or undefined when it depends on the row. */
const truth = (expression: unknown): boolean | undefined => {
  if (typeof expression !== 'object' || expression === null) return undefined;
  const [type, body] = Object.entries(expression as Node)[0] ?? [];
  const node = body as Node;
  switch (type) {
    case 'A_Const':
      return constant(node) === undefined ? undefined : Boolean(constant(node));
    case 'BoolExpr': {
      const args = (node['args'] as unknown[]).map(truth);
      if (node['boolop'] === 'OR_EXPR')
        return args.includes(true) || covers(node['args'] as unknown[])
          ? true
          : args.every((arg) => arg === false)
            ? false
            : undefined;
      if (node['boolop'] === 'AND_EXPR')
        return args.includes(false) ? false : args.every((arg) => arg === true) ? true : undefined;
      return args[0] === undefined ? undefined : !args[0];
    }
    case 'A_Expr':
      return comparison(node);
    case 'TypeCast':
      return castTruth(node);
    case 'SubLink':
      return node['subLinkType'] === 'EXISTS_SUBLINK' && isAboutNoRow(node['subselect']) ? true : undefined;
    case 'NullTest':
      return undefined;
    default:
      return undefined;
  }
};

/** A query that has no condition of its own gives the same for every row it is asked about. */
const isAboutNoRow = (query: unknown): boolean => {
  const select = (query as Node | undefined)?.['SelectStmt'] as Node | undefined;
  const from = (select?.['fromClause'] as Node[] | undefined) ?? [];
  return select !== undefined && restricts(select['whereClause']) === false && from.every((item) => 'RangeVar' in item);
};

const constant = (node: Node): unknown => {
  if ('isnull' in node) return false;
  const value = node['ival'] ?? node['boolval'] ?? node['sval'] ?? node['fval'];
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null) return Object.values(value)[0] ?? ('ival' in node ? 0 : false);
  return value;
};

const valueOf = (expression: unknown): unknown => {
  const node = (expression as Node | undefined)?.['A_Const'];
  return node ? constant(node as Node) : undefined;
};

const castTruth = (node: Node): boolean | undefined => {
  const value = valueOf(node['arg']);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string')
    return /^(t|true|on|yes|1)$/i.test(value) ? true : /^(f|false|off|no|0)$/i.test(value) ? false : undefined;
  return typeof value === 'number' ? value !== 0 : undefined;
};

const shape = (expression: unknown): string =>
  JSON.stringify(expression, (key, value: unknown) => (key === 'location' ? undefined : value)) ?? '';

const comparison = (node: Node): boolean | undefined => {
  const operator = ((node['name'] as Node[] | undefined)?.[0]?.['String'] as Node | undefined)?.['sval'];
  const [left, right] = [node['lexpr'], node['rexpr']];
  const same = shape(left) === shape(right);
  // `id = id` holds for every row but those where it is null: nobody writes it to leave rows out.
  if (same && (operator === '=' || operator === '>=' || operator === '<=')) return true;
  const [a, b] = [valueOf(left), valueOf(right)];
  if (node['kind'] === 'AEXPR_LIKE' && b === '%') return true;
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [a as number, b as number];
  switch (operator) {
    case '=':
      return x === y;
    case '<>':
    case '!=':
      return x !== y;
    case '<':
      return x < y;
    case '>':
      return x > y;
    case '<=':
      return x <= y;
    case '>=':
      return x >= y;
    default:
      return undefined;
  }
};

/** `x IS NULL OR x IS NOT NULL` and the like: together they leave nothing out. */
const covers = (args: readonly unknown[]): boolean => {
  const tests = args.flatMap((arg) => {
    const test = (arg as Node)['NullTest'] as Node | undefined;
    return test ? [{ on: shape(test['arg']), type: test['nulltesttype'] }] : [];
  });
  return tests.some(({ on, type }) => tests.some((other) => other.on === on && other.type !== type));
};
