import type { SeededRandom } from './seeded-random.js';
import { WEBHOOK_SAMPLES } from './webhook-samples.js';

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  'then',
  'kind',
  'status',
  'labels',
  'alerts',
  'incident',
  '',
  '\0',
  '\ud800',
];
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1e308, 5e-324, 2 ** 53 + 2, '', ' ', '\0', '\ud800', '\u202e\u200b', '{}', '[]', [], {}],
  ...[
    'constructor',
    '__proto__',
    'toString',
    'resolved',
    '0001-01-01T00:00:00Z',
    '9999-99-99T99:99:99Z',
    '275760-09-13T00:00:00Z',
  ],
  ...[{ length: { toString: 0 } }, { length: -1 }, { toString: 1, valueOf: 2 }, { then: 1 }, [null], [[]], [{}], [1, 'x', null]],
  ...[
    'x'.repeat(61),
    'x'.repeat(301),
    'é'.repeat(501),
    '👩‍👩‍👧'.repeat(200),
    'x'.repeat(8_001),
    '1'.repeat(20),
    -(10 ** 20),
    '$(id)',
    "' or 1=1--",
  ],
  ...['postgres://u:p4ssw0rd@db/x', 'http://169.254.169.254/latest/meta-data', 'line\r\nSet-Cookie: a=b', '../../etc/passwd'],
];

export type Change = (random: SeededRandom, value: unknown) => unknown;
type Entries = [string, unknown][];

const entriesOf = (value: unknown): Entries | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
const sample = (random: SeededRandom): unknown => random.of(WEBHOOK_SAMPLES)[1];
const retype: Change = (random) => random.of(VALUES);

/** Changes of one member of an object or list. */
const MEMBER_CHANGES: readonly ((random: SeededRandom, entries: Entries, at: number) => Entries)[] = [
  (_, entries, at) => entries.toSpliced(at, 1),
  (random, entries, at) =>
    entries.toSpliced(at, 0, ...Array.from({ length: 1 + random.below(3) }, (): [string, unknown] => entries[at] ?? ['x', 1])),
  (random, entries, at) => entries.with(at, [entries[at]?.[0] ?? 'x', retype(random, null)]),
  (random, entries, at) => entries.with(at, [random.of(NAMES), entries[at]?.[1]]),
  (random, entries, at) => entries.with(at, [entries[at]?.[0] ?? 'x', sample(random)]),
  (random, entries) => [...entries, [random.of(NAMES), retype(random, null)]],
  (random, entries, at) => entries.with(at, [entries[at]?.[0] ?? 'x', nested(random.below(80), entries[at]?.[1])]),
  (random, entries, at) => entries.with(at, [entries[at]?.[0] ?? 'x', oversized(random, entries[at]?.[1])]),
];

const nested = (levels: number, value: unknown): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner, _, level) => (level % 2 === 0 ? [inner] : { inner }), value);

const oversized = (random: SeededRandom, value: unknown): unknown => {
  const times = random.onceIn(8) ? 700 : 40;
  if (typeof value === 'string')
    return value
      .slice(0, 1_000)
      .repeat(1 + random.below(50 * times))
      .slice(0, 100_000);
  if (Array.isArray(value))
    return Array.from({ length: random.below(times) }, (_, index) => value[index % value.length] as unknown);
  return Object.fromEntries(Array.from({ length: random.below(times) }, (_, index) => [`key${index}`, value]));
};

/** Somewhere in the tree, one member is deleted, doubled, retyped, renamed, replaced, added, buried or blown up. */
export const mutate: Change = (random, value) => {
  const list = Array.isArray(value) ? value.map((item: unknown, index): [string, unknown] => [String(index), item]) : undefined;
  const entries = list ?? entriesOf(value);
  if (!entries || random.onceIn(12)) return retype(random, value);
  const at = random.below(entries.length);
  const member = entries[at];
  if (!member) return retype(random, value);
  const changed = random.onceIn(3)
    ? random.of(MEMBER_CHANGES)(random, entries, at)
    : entries.with(at, [member[0], mutate(random, member[1])]);
  // JSON text may name a member twice; an object cannot, so the last one stays.
  return list ? changed.map(([, item]) => item) : Object.fromEntries(changed);
};
