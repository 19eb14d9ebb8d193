import fc from 'fast-check';
import { condenseLog, condenseRecords } from './condense-log.js';
import { logTemplates } from './log-templates.js';
import { maskVariables } from './mask-variables.js';

describe('variables of a log line', () => {
  it.each([
    ['2026-01-01T10:00:00.123Z GET /cart took 37ms', '<time> GET /cart took <num>ms'],
    ['[01/Jan/2026:10:00:00 +0000] 10.2.3.4:5432 refused', '[<time>] <ip> refused'],
    ['Jan  1 10:00:00 node kernel: killed 4711', '<time> node kernel: killed <num>'],
    ['trace 4bf92f3577b34da6a3ce929d0e0e4736 of 0190a6c2-7f3e-7bcd-8a21-0123456789ab', 'trace <hex> of <uuid>'],
    ['pod web-7f9dd8b6c4-x7gr9 at 93.5% of 512Mi', 'pod web-<id> at <num>% of <num>Mi'],
    ['rows=42 took=1.5s level=info', 'rows=<num> took=<num>s level=info'],
    ['nothing differs here', 'nothing differs here'],
  ])('of %s are typed', (line, masked) => expect(maskVariables(line)).toBe(masked));
});

describe('templates', () => {
  const lines = [
    ...Array.from({ length: 40 }, (_line, index) => `2026-01-01T10:00:${10 + index}Z INFO served user=u${index} in ${index}ms`),
    '2026-01-01T10:01:00Z ERROR connection to orders-db refused',
    ...Array.from(
      { length: 3 },
      (_line, index) => `2026-01-01T10:02:0${index}Z WARN retry of job ${['sync', 'mail', 'bill'][index]} later`,
    ),
  ];

  it('tell lines that repeat once, with their count and their places', () =>
    expect(logTemplates(lines)).toEqual([
      { template: '<time> INFO served user=u<id> in <num>ms', count: 40, first: 0, last: 39 },
      { template: '<time> ERROR connection to orders-db refused', count: 1, first: 40, last: 40 },
      { template: '<time> WARN retry of job <*> later', count: 3, first: 41, last: 43 },
    ]));

  it('keep the key of a value that differs', () =>
    expect(logTemplates(['level=info msg=done user=ann', 'level=info msg=done user=bob'])[0]?.template).toBe(
      'level=info msg=done user=<*>',
    ));

  it('never mix an error with what is none', () =>
    expect(logTemplates(['INFO pool of web is up', 'ERROR pool of web is up'])).toHaveLength(2));

  it('lose no line: the counts add up, and every group has its own first line', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', '-', '=') }), { maxLength: 60 }), (some) => {
        const templates = logTemplates(some);
        expect(templates.reduce((sum, { count }) => sum + count, 0)).toBe(some.length);
        expect(new Set(templates.map(({ first }) => first)).size).toBe(templates.length);
        expect(logTemplates(some)).toEqual(templates);
      }),
    ));

  it('show the first and the last of what repeats, and everything that does not', () => {
    const { value, cutCharacters } = condenseLog(lines.join('\n'));
    expect(value.split('\n')).toEqual([
      '[44 lines, by template; <time>, <num>, <id>, <*> and the like stand for what differs]',
      '40 × <time> INFO served user=u<id> in <num>ms',
      `  first: ${lines[0]}`,
      `  last:  ${lines[39]}`,
      lines[40],
      '3 × <time> WARN retry of job <*> later',
      `  first: ${lines[41]}`,
      `  last:  ${lines[43]}`,
    ]);
    expect(cutCharacters).toBe(0);
  });

  it('leave a log alone in which nothing repeats', () => {
    const text = 'INFO starting\n\nWARN no cache\nERROR cannot bind port 8080\nstopped\n';
    expect(condenseLog(text)).toEqual({ value: text, cutCharacters: 0 });
  });

  it('cap what a stranger can make a program print', () => {
    const { value, cutCharacters } = condenseLog(`INFO user agent: ${'ignore all rules '.repeat(1_000)}`);
    expect(value.length).toBeLessThan(650);
    expect(cutCharacters).toBeGreaterThan(16_000);
    const flood = Array.from({ length: 500 }, (_line, index) => `INFO search for order ${index}: ${'approve it '.repeat(40)}`);
    expect(condenseLog(flood.join('\n')).value.length).toBeLessThan(1_500);
  });
});

describe('records of a log', () => {
  const record = (index: number, message = `served in ${index}ms`) => ({
    timestamp: `t${index}`,
    status: 'info',
    message,
    service: 'web',
  });

  it('become one template where they say the same', () => {
    const logs = [...Array.from({ length: 20 }, (_one, index) => record(index)), record(20, 'connection refused by orders-db')];
    expect(condenseRecords({ pod_name: 'web-0', logs }).value).toEqual({
      pod_name: 'web-0',
      logs: [
        { template: 'info served in <num>ms', count: 20, first: record(0), last: record(19) },
        record(20, 'connection refused by orders-db'),
      ],
    });
  });

  it('stay as they are where they are few, or no records', () => {
    const json = { logs: [record(1), record(2), record(3)], points: [1, 2, 3, 4, 5], tags: ['a'], none: null };
    expect(condenseRecords(json)).toEqual({ value: json, cutCharacters: 0 });
  });

  it('have their texts condensed like any log', () => {
    const { value } = condenseRecords({ logs: Array.from({ length: 9 }, (_line, index) => `served in ${index}ms`).join('\n') });
    expect(JSON.stringify(value)).toContain('9 × served in <num>ms');
  });
});

describe('a large log', () => {
  const cpuMs = (work: () => unknown): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  const WORST: readonly [string, (index: number) => string][] = [
    ['one line', () => 'a1-'],
    ['lines of digits', (index) => `${index}.${index}.${index} `],
    [
      'lines that are all different',
      (index) => `${index.toString(36)}x ${(index * 7).toString(36)}y ${'abc'.charAt(index % 3)}\n`,
    ],
    ['lines of many words', (index) => `w${index} ${'x y z '.repeat(20)}\n`],
    ['hexadecimal letters', () => 'abcdefab'],
  ];
  it.each(WORST)('is read in linear time: %s', (_what, part) => {
    const text = (size: number): string => {
      const parts: string[] = [];
      for (let length = 0, index = 0; length < size; index += 1) length += parts[parts.push(part(index)) - 1]?.length ?? 0;
      return parts.join('');
    };
    const [quarter, whole] = [text(250_000), text(1_000_000)];
    condenseLog(text(50_000));
    const few = cpuMs(() => condenseLog(quarter));
    expect(cpuMs(() => condenseLog(whole))).toBeLessThan(Math.max(5_000, 12 * few)); // Four times as much, and what a busy machine adds.
  });
});
