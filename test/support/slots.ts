import { Redis } from 'ioredis';

/** Moves the slot of a key to the next node, key by key, as `redis-cli --cluster reshard` does. */
export const moveSlotOf = async (key: string, urls: readonly string[]): Promise<void> => {
  const nodes = urls.map((url) => new Redis(url));
  try {
    const slot = Number(await nodes[0]?.call('CLUSTER', 'KEYSLOT', key));
    const ids = await Promise.all(nodes.map(async (node) => String(await node.call('CLUSTER', 'MYID'))));
    const holders = await Promise.all(nodes.map(async (node) => owns(String(await node.call('CLUSTER', 'NODES')), slot)));
    const from = holders.indexOf(true);
    const to = (from + 1) % nodes.length;
    const [source, target] = [nodes[from], nodes[to]];
    await target?.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] ?? '');
    await source?.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] ?? '');
    for (;;) {
      const [next] = (await source?.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
      if (next === undefined) break;
      await source?.call('MIGRATE', '127.0.0.1', target?.options.port ?? 0, next, 0, 5_000);
    }
    for (const node of [target, source, ...nodes]) await node?.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] ?? '');
  } finally {
    for (const node of nodes) node.disconnect();
  }
};

/** Whether the answering node owns a slot, by its own line of CLUSTER NODES. */
const owns = (view: string, slot: number): boolean => {
  const own = view.split('\n').find((line) => line.includes('myself')) ?? '';
  return own
    .split(' ')
    .slice(8)
    .filter((range) => !range.startsWith('['))
    .some((range) => {
      const [first = '', last = first] = range.split('-');
      return slot >= Number(first) && slot <= Number(last);
    });
};
