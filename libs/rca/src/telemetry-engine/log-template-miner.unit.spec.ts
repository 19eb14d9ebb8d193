import { mineLogs, type RawLine } from './log-template-miner.js';

const line = (text: string, given: Partial<RawLine> = {}): RawLine => ({
  service: 'shop',
  level: 'INFO',
  text,
  atSeconds: 0,
  ...given,
});
const templates = (...lines: RawLine[]): string[] => mineLogs(lines).templates.map(({ template }) => template);

it('takes numbers, ids, addresses and times for variables', () =>
  expect(
    templates(
      line('order 17 of 4f6f9c2e-1b1c-4a4e-9d7e-0c9a3a5b7d11 took 3.5 ms from 10.0.0.7:8080'),
      line('order 18 of 0b6f9c2e-1b1c-4a4e-9d7e-0c9a3a5b7d12 took 12 ms from 10.0.0.9:8080'),
    ),
  ).toEqual(['order <num> of <id> took <num> ms from <ip>']));

it('takes a word that differs for a variable too', () =>
  expect(templates(line('user anna has logged in'), line('user bert has logged in'))).toEqual(['user <*> has logged in']));

it('keeps apart what differs in its beginning, length, level or service', () =>
  expect(
    templates(
      line('cache miss for key a'),
      line('queue miss for key a'),
      line('cache miss for key a again'),
      line('cache miss for key a', { level: 'ERROR' }),
      line('cache miss for key a', { service: 'basket' }),
    ),
  ).toHaveLength(5));

it('counts lines by second and keeps the order of those with traces, in whichever order they come', () => {
  const lines = [
    line('done 2', { atSeconds: 9.5, trace: 1 }),
    line('start 1', { atSeconds: 3, trace: 1 }),
    line('done 1', { atSeconds: 9 }),
  ];
  const { templates: found, events } = mineLogs(lines);
  expect(found.map(({ template, counts }) => [template, counts])).toEqual([
    ['start <num>', [[3, 1]]],
    ['done <num>', [[9, 2]]],
  ]);
  expect(events.map(({ trace }) => trace)).toEqual([1, -1, 1]);
  expect(mineLogs(lines.map((one) => ({ ...one, trace: undefined }))).events).toEqual([]);
});

it('bears very many and very long lines, empty ones, and words without end', () => {
  const lines = Array.from({ length: 5_000 }, (_, at) =>
    line(`${String.fromCharCode(97 + (at % 26))}${at} ${'x '.repeat(at % 300)}`),
  );
  const { templates: found } = mineLogs([...lines, line(''), line('y'.repeat(1e6))]);
  expect(found.length).toBeLessThan(200);
});
