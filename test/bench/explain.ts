import { Client } from 'pg';
import { z } from 'zod';

/** A statement as the product sends it. */
const Statement = z.object({ text: z.string(), values: z.array(z.unknown()).default([]), name: z.string().optional() });
export type Statement = z.infer<typeof Statement>;

/** How PostgreSQL carried it out. */
export interface Explained {
  /** By name, in the order in which the plan has them. */
  readonly indexes: readonly string[];
  /** Tables that were read from end to end. */
  readonly scanned: readonly string[];
  /** Pages of 8 kB: found in PostgreSQL's own memory, and asked of the system. */
  readonly pagesHit: number;
  readonly pagesRead: number;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans: readonly PlanNode[];
}

const PlanNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Shared Hit Blocks': z.number().default(0),
  'Shared Read Blocks': z.number().default(0),
  Plans: z.lazy(() => z.array(PlanNode)).default([]),
});

const Answer = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: PlanNode })]) })]);

/** What `work` asks of PostgreSQL, over whatever connection. */
export const statementsOf = async (work: () => Promise<unknown>): Promise<Statement[]> => {
  const original = Client.prototype.query;
  const statements: Statement[] = [];
  const noted = function (this: Client, ...parameters: unknown[]): unknown {
    const [first, values] = parameters;
    const heard = Statement.safeParse(
      typeof first === 'string' ? { text: first, ...(Array.isArray(values) && { values }) } : first,
    );
    if (heard.success) statements.push(heard.data);
    return Reflect.apply(original, this, parameters);
  };
  Object.defineProperty(Client.prototype, 'query', { value: noted, configurable: true, writable: true });
  try {
    await work();
  } finally {
    Object.defineProperty(Client.prototype, 'query', { value: original, configurable: true, writable: true });
  }
  return statements;
};

/**
 * Carries a SELECT out once more and says how. A named one is kept by the connection, which after five times may go on with a plan made
 * without its values: that plan is looked at too.
 */
export const explain = async (client: Client, { text, values, name }: Statement): Promise<Explained> => {
  const run = await planOf(client, `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values);
  const nodes = [
    ...allOf(run),
    ...(name === undefined ? [] : allOf(await planOf(client, `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`))),
  ];
  return {
    indexes: distinct(nodes.map((node) => node['Index Name'])),
    scanned: distinct(nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'])),
    pagesHit: run['Shared Hit Blocks'],
    pagesRead: run['Shared Read Blocks'],
  };
};

const planOf = async (client: Client, text: string, values?: unknown[]): Promise<PlanNode> =>
  Answer.parse((await client.query(text, values)).rows)[0]['QUERY PLAN'][0].Plan;

const allOf = (node: PlanNode): PlanNode[] => [node, ...node.Plans.flatMap(allOf)];

const distinct = (names: readonly (string | undefined)[]): string[] => [...new Set(names.filter((name) => name !== undefined))];
