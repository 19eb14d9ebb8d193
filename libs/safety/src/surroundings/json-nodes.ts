export type Node = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 40;
const NODES_MAX = 20_000;

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
export const nodeAt = (node: Node | undefined, ...path: string[]): Node | undefined =>
  path.reduce<Node | undefined>((at, key) => (at && isNode(at[key]) ? at[key] : undefined), node);
export const textAt = (node: Node | undefined, ...keys: string[]): string | undefined =>
  keys.map((key) => node?.[key]).find((value): value is string => typeof value === 'string' && value !== '');
export const listAt = (node: Node | undefined, key: string): readonly unknown[] => {
  const value = node?.[key];
  return Array.isArray(value) ? value : [];
};

/** Every object of a JSON value with the key it or its list stands under; bounded, so that no evidence can hold a turn up. */
export const jsonNodes = (value: unknown): { readonly node: Node; readonly key: string }[] => {
  const found: { node: Node; key: string }[] = [];
  const visit = (at: unknown, key: string, depth: number): void => {
    if (depth > DEPTH_MAX || found.length >= NODES_MAX || typeof at !== 'object' || at === null) return;
    if (Array.isArray(at)) return at.forEach((item) => visit(item, key, depth + 1));
    found.push({ node: at as Node, key });
    for (const [name, child] of Object.entries(at)) visit(child, name, depth + 1);
  };
  visit(value, '', 0);
  return found;
};
