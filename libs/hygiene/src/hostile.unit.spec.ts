import { cleanText } from './clean-text.js';
import { redactValue } from './redact-value.js';

const MEGABYTE = 1_000_000;
/** Long enough to tell quadratic work from linear, and short enough to try every line of the list. */
const LONG = 300_000;

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

/** How many times as long as its quarter a text may take: as many times as it is long, and thrice that for what a busy machine adds. */
const TIMES_MAX = 12;
const ORDINARY = '2026-01-01T10:00:00Z level=info msg="served" path=/cart status=200 took=37ms ';

const clean = (seed: string, size: number) => () => cleanText(line(seed, size), { salt: 's', charsMax: 2 * MEGABYTE });

/** What is over at once is measured by an ordinary line, since the clock is too coarse for ratios. Quadratic work makes this 16. */
const timesItsQuarter = (seed: string, size: number): number => {
  cpuMs(clean(seed, 20_000));
  const quarter = Math.max(cpuMs(clean(ORDINARY, size / 4)), cpuMs(clean(seed, size / 4)));
  return cpuMs(clean(seed, size)) / quarter;
};

describe('a long line', () => {
  beforeAll(() => void clean(ORDINARY, LONG)());

  it.each(WORST.map((seed) => [JSON.stringify(seed), seed]))('is cleaned in linear time: %s', (_shown, seed) => {
    expect(timesItsQuarter(seed, LONG)).toBeLessThan(TIMES_MAX);
  });

  it.each(WORST.filter((_seed, index) => index % 12 === 0).map((seed) => [JSON.stringify(seed), seed]))(
    'of a megabyte too: %s',
    (_shown, seed) => {
      expect(timesItsQuarter(seed, MEGABYTE)).toBeLessThan(TIMES_MAX);
    },
  );

  it('is cleaned in linear time when it is many members of one object', () => {
    const object = (members: number) =>
      Object.fromEntries(Array.from({ length: members }, (_member, index) => [`password_${index}`, `x${index}`]));
    const cost = (members: number) => cpuMs(() => redactValue(object(members)));
    cost(1_000);
    const quarter = Math.max(cpuMs(clean(ORDINARY, LONG / 4)), cost(10_000));
    expect(cost(40_000) / quarter).toBeLessThan(TIMES_MAX);
  });
});
