import { LEAF_COLUMNS, imageSql, type LeafColumn } from './leaf.js';
import { aDebate, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';
import { BinaryFields } from './binary-fields.js';
import { Coherence } from './coherence.js';
import { contradictions } from './contradictions.js';
import { encode } from './encode.js';
import { RowImage } from './row-image.js';

let fresh: FreshRecord;
let images: RowImage[];
beforeAll(async () => {
  fresh = await freshRecord();
  await fresh.record.append(aDebate().events);
  const rows = await fresh.sql(`SELECT ${imageSql('s')} AS image FROM agent_sessions s ORDER BY seq`);
  images = rows.map(({ image }) => new RowImage(image as Buffer));
});
afterAll(() => fresh.close());

const coherence = new Coherence();
const holds = (image: Buffer): boolean => {
  const fields = new BinaryFields();
  fields.readRecord(image, 0);
  return coherence.holds(image, fields);
};

it('holds, at first sight, for every row as a writer makes it', () => {
  expect(images).toHaveLength(6);
  for (const image of images) {
    expect(holds(image.bytes)).toBe(true);
    expect(contradictions(image.row())).toEqual([]);
  }
});

/** No hash covers them: the ledger does. Without a model there is no usage for a hash to cover. */
const UNCOVERED: readonly LeafColumn[] = [
  'seq',
  'stream_id',
  'created_at',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_usd',
];

it.each(LEAF_COLUMNS.filter((column) => !UNCOVERED.includes(column)))('holds no longer when %s is another', (column) => {
  for (const image of images) {
    const value = image.value(column);
    const other = value === null ? (OTHER[column] ?? encode.text('other')) : Buffer.from(value);
    if (value !== null) other[other.length - 1] = (other.at(-1) ?? 0) ^ (column === 'degraded' || value.length > 4 ? 1 : 2);
    const changed = new RowImage(image.with(new Map([[column, GIVEN.get(column) ?? other]])));
    expect(holds(changed.bytes)).toBe(false);
    expect(contradictions(changed.row())).not.toEqual([]);
  }
});

const OTHER: Partial<Record<LeafColumn, Buffer>> = {
  gate: encode.int4(3),
  confidence: encode.float8(0.5),
};
const GIVEN = new Map<LeafColumn, Buffer>([
  ['occurred_at', encode.timestamptz(0)],
  ['causes', Buffer.from('\u0001[{"eventId": "x", "eventHash": "y"}]')],
  ['output_json', Buffer.from('\u0001{"other": 1}')],
  ['envelope_rest', Buffer.from('\u0001{"fields": {"x": 1}}')],
]);
