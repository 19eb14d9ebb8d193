import { SeededRandom } from './seeded-random.js';
import { mutate } from './webhook-changes.js';
import { WEBHOOK_SAMPLES } from './webhook-samples.js';

/** A request that a broken, hostile or merely odd sender might make. */
export interface OddWebhook {
  /** What it was made of, for the figures and for whoever repeats it. */
  readonly made: string;
  readonly path: '/v1/incidents' | '/v1/webhooks/alertmanager';
  readonly contentType: string;
  readonly body: Buffer;
}

const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

/** JSON text turned into something else on its way. */
const TEXT_CHANGES: readonly ((random: SeededRandom, text: string) => string | Buffer)[] = [
  (random, text) => text.slice(0, random.below(text.length + 1)),
  (random, text) =>
    `${text.slice(0, random.below(text.length))}${random.of(['"', '{', ']', ',', '\\', 'NaN', '\n'])}${text.slice(random.below(text.length))}`,
  (random, text) => Buffer.from(text).fill(0x80 + random.below(0x80), random.below(text.length), random.below(text.length)),
  (_, text) => `\uFEFF${text}`,
  (_, text) => `${text}${text}`,
  (_, text) => text.replaceAll('"', "'"),
  (_, text) => Buffer.from(text, 'utf16le'),
  (random) => '[{'.repeat(random.below(40_000)),
  (random) => deep(random.below(20_000)),
  (random) => Buffer.from(Array.from({ length: random.below(2_000) }, () => random.below(256))),
  () => '',
  (_, text) => text.replace(/"(\w+)":/, '"$1":1,"$1":'),
];

/** The n-th body of a seed, always the same. */
export const oddWebhook = (seed: number, n: number): OddWebhook => {
  const random = new SeededRandom(seed * 1_000_003 + n * 97);
  const [format, body] = random.of(WEBHOOK_SAMPLES);
  let changes = random.onceIn(20) ? 0 : 1 + random.below(4);
  let value = body;
  for (; changes > 0; changes -= 1) value = mutate(random, value);
  // A message in a message escapes whatever only looks at the outside.
  if (format === 'cloudwatch-sns' && random.onceIn(3))
    value = { ...(body as object), Message: `{"NewStateValue":"ALARM","Trigger":{"a":${deep(random.below(20_000))}}}` };
  // Repeats would only be recognised: most of them shall be alerts that nobody has seen before.
  const text = (JSON.stringify(value) ?? 'null').replaceAll('HighLatency', `Latency${n}`).replaceAll('f00dfeed', n.toString(16));
  const garbled = random.onceIn(8);
  const sent = garbled ? random.of(TEXT_CHANGES)(random, text) : text;
  return {
    made: `${format}${garbled ? ' garbled' : ''}`,
    path: random.onceIn(3) ? '/v1/webhooks/alertmanager' : '/v1/incidents',
    contentType: random.onceIn(40)
      ? random.of(['text/xml', '', 'application/x-www-form-urlencoded', 'application/json; charset=utf-7'])
      : 'application/json',
    body: Buffer.isBuffer(sent) ? sent : Buffer.from(sent),
  };
};
