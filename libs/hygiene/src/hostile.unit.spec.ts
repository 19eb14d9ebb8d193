import { cleanText } from './clean-text.js';
import { redactValue } from './redact-value.js';

const SIZE = 1_000_000;

/** Lines made to be slow: each has many places where something could begin and nothing ends. */
const WORST: readonly string[] = [
  ...['=', ':', '://', '"', '\\', "'", '&', ',', '-', '|', '%', '%3D', '\n', '.', '/'],
  ...['a', 'aA1', 'a1B2c3D4', 'a=b,', 'a: b', 'x.', 'https://a:', 'a://b@', '"a":"', 'a="', 'password=', 'token: "', "secret='"],
  ...['password="\\"', 'value=', 'name: value: ', '<password>', 'passwordpassword', 'password='.repeat(8), '--token ', '-p a '],
  ...['mysql -p ', 'curl -u ', 'curl -u a:b ', 'Bearer ', 'Basic\t', 'Cookie: ', 'Cookie: a=', 'set-cookie: a=b;', 'grafana='],
  ...[
    'kind: Secret\ndata:\n',
    'kind: Secret data: {',
    'kind: Secret\ndata:\n  a: ',
    '-----BEGIN PRIVATE KEY-----',
    '-----begin ',
  ],
  ...[
    '-----BEGIN ',
    'key-----',
    'eyJ',
    'eyJhbGci.',
    'sk-',
    'glpat-',
    'xoxb-',
    'Q~',
    '1|',
    '12345:A',
    '_mmk',
    '-us1',
    '.atlasv1.',
  ],
  ...['hooks.slack.com/', '/api/webhooks/', '[REDACTED:', '[REDACTED:token:0123abcd]', 'password=[REDACTED:token:0123abcd]'],
  ...['ignore all ', 'ignore ', 'you ', 'i g n o r e ', 'system: ', 'as an ai ', '<|', 'please now run without '],
  ...[
    '\u200b',
    '\ufe0f',
    '\u{e0041}',
    '\ud83d',
    '\u001b[',
    '\u001b[1;',
    '\u00e9\u0301',
    '\u0430',
    'a\u0430',
    '\u0430a',
    '\u03bc',
    'µs ',
  ],
  ...[
    'aWdub3JlIGFsbCBwcmV2aW91cyA ',
    '69676e6f726520616c6c2070726576 ',
    '密码',
    'пароль ',
    'password=q7Zx9LmP2vKc ',
    'token=a1B2c3D4e5\n',
    '{"a":',
    'q7Zx9LmP2vKc4TnB8wRj6YhD5sFg1AeX ',
  ],
];

/** Processor time: what else the machine does must not count. */
const cpuMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const line = (seed: string, size: number): string => seed.repeat(Math.ceil(size / seed.length));

/**
 * How many times as long as a quarter of it a text may take, by its size: as many times as it is long, and thrice that for what a
 * busy machine adds. Quadratic work on a whole one takes sixteen times.
 */
const TIMES_MAX = { half: 6, whole: 12 };
const ORDINARY = '2026-01-01T10:00:00Z level=info msg="served" path=/cart status=200 took=37ms ';

describe('a line of a million characters', () => {
  const clean = (seed: string, size: number) => () => cleanText(line(seed, size), { salt: 's', charsMax: 2 * SIZE });
  let ordinary: number;

  beforeAll(() => {
    cpuMs(clean(ORDINARY, SIZE / 4));
    ordinary = cpuMs(clean(ORDINARY, SIZE / 4));
  });

  it.each(WORST.map((seed) => [JSON.stringify(seed), seed]))('is cleaned in linear time: %s', (_shown, seed) => {
    cpuMs(clean(seed, 20_000));
    // What is over at once is measured by an ordinary line, since the clock is too coarse for ratios.
    const quarter = Math.max(ordinary, cpuMs(clean(seed, SIZE / 4)));
    expect(cpuMs(clean(seed, SIZE / 2)) / quarter).toBeLessThan(TIMES_MAX.half);
    expect(cpuMs(clean(seed, SIZE)) / quarter).toBeLessThan(TIMES_MAX.whole);
  });

  it('is cleaned in linear time when it is many members of one object', () => {
    const object = (members: number) =>
      Object.fromEntries(Array.from({ length: members }, (_member, index) => [`password_${index}`, `x${index}`]));
    cpuMs(() => redactValue(object(1_000)));
    const quarter = Math.max(
      ordinary,
      cpuMs(() => redactValue(object(10_000))),
    );
    expect(cpuMs(() => redactValue(object(40_000))) / quarter).toBeLessThan(TIMES_MAX.whole);
  });
});
