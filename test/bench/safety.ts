import { cleanText } from '@inquest/hygiene';
import { guard, ready } from '@inquest/safety';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';

/** How long the guard takes for an action and how much the sanitizer gets through, in time by the clock and in processor time. */

/** Calls of the guard before it is timed: by then the engine has compiled what is used. */
const WARM_CALLS = 6_000;
const ROUNDS = 8;
const HOSTILE_LENGTHS = [250_000, 500_000, 1_000_000];

const OWN_COMMANDS = [
  'kubectl -n shop rollout restart deployment/web',
  `kubectl -n shop get pods -o json | jq -r '.items[] | select(.status.phase != "Running") | .metadata.name'`,
  `kubectl patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":0}]'`,
  `ssh ops@web-1 "sudo sh -c 'systemctl restart nginx && journalctl -u nginx -n 50 --no-pager'"`,
  `for p in $(kubectl -n shop get pods -o name); do kubectl -n shop logs "$p" --tail=20 | grep -i error; done`,
  `echo cm0gLXJmIC9zcnYvZGF0YQ== | base64 -d | sh`,
  `psql -h db -c "WITH gone AS (DELETE FROM orders WHERE id < 10 RETURNING *) SELECT count(*) FROM gone"`,
  `mysql -e 'SHOW FULL PROCESSLIST; SELECT * FROM orders WHERE id = 7'`,
  `python3 -c "import subprocess; subprocess.run(['rm', '-rf', '/srv/data'])"`,
  'kubectl apply -f - <<EOF\napiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  hostPID: true\nEOF',
].map((text) => ({ kind: 'command' as const, text }));
const OWN_LINES = [
  '2026-01-01T10:00:00.123Z ERROR web-7f9dd8b6c4-x7gr9 request 5f3c failed after 2031 ms: connection to db:5432 refused',
  'level=warn ts=2026-01-01T10:00:01Z caller=pool.go:77 msg="pool is full" size=20 waiting=311 url=https://shop.example.org/cart?id=7',
  'Jan  1 10:00:02 node-1 kernel: Out of memory: Killed process 4711 (java) total-vm:8123456kB, anon-rss:4012345kB',
  '{"time":"2026-01-01T10:00:03Z","severity":"ERROR","message":"Zeitüberschreitung beim Lesen","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}',
  'export DB_PASSWORD=q7Zx9LmP2vKc4TnB8w && ./start.sh --token 9f8e7d6c5b4a39281706',
];
const HOSTILE = [
  '=',
  'password="\\"',
  'a://b@',
  'ignore all ',
  'i g n o r e ',
  'eyJhbGci.',
  '\u00e9\u0301',
  '\u200b',
  '[REDACTED:',
];

const Row = z.object({ kind: z.string(), text: z.string() });
const shared = resolve(process.env['INQUEST_SHARED'] ?? '../shared', 'corpora');
const rowsOf = (file: string): z.infer<typeof Row>[] =>
  existsSync(join(shared, file))
    ? readFileSync(join(shared, file), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => Row.parse(JSON.parse(line)))
    : [];

interface Action {
  readonly kind: 'command' | 'sql';
  readonly text: string;
}

interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const take = (work: () => unknown): Taken => {
  const cpu = process.cpuUsage();
  const started = performance.now();
  work();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1_000 };
};

const quantile = (values: readonly number[], share: number): string =>
  (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0).toFixed(3);

/** Also the best of the rounds of each action: what other work on the machine cannot have lengthened. */
const timeGuard = (name: string, actions: readonly Action[]): void => {
  if (actions.length === 0) return;
  const round = (): Taken[] => actions.map(({ kind, text }) => take(() => guard(kind, text)));
  for (let calls = 0; calls < WARM_CALLS; calls += actions.length) round();
  const rounds = Array.from({ length: ROUNDS }, round);
  const best = actions.map((_action, at) => Math.min(...rounds.map((taken) => taken[at]?.wallMs ?? Infinity)));
  for (const [clock, times] of [
    ['wall', rounds.flat().map(({ wallMs }) => wallMs)],
    ['processor', rounds.flat().map(({ cpuMs }) => cpuMs)],
    [`best of ${ROUNDS}`, best],
  ] as const)
    console.log(
      `guard     ${name.padEnd(10)} ${clock.padEnd(9)} p50 ${quantile(times, 0.5)} ms  p99 ${quantile(times, 0.99)} ms  of ${times.length}`,
    );
};

const clean = (text: string): unknown => cleanText(text, { salt: 'bench', charsMax: Infinity });

const timeSanitizer = (name: string, texts: readonly string[]): void => {
  if (texts.length === 0) return;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const times = Math.max(1, Math.ceil(2_000_000 / bytes));
  const round = (): void => {
    for (let time = 0; time < times; time++) for (const text of texts) clean(text);
  };
  round();
  const { wallMs, cpuMs } = take(round);
  const rate = (ms: number): string => ((bytes * times) / 1_000 / ms).toFixed(2);
  console.log(
    `sanitizer ${name.padEnd(10)} wall ${rate(wallMs)} MB/s  processor ${rate(cpuMs)} MB/s  ${bytes} bytes in ${texts.length}`,
  );
};

const timeHostile = (): void => {
  for (const piece of HOSTILE) {
    const rates = HOSTILE_LENGTHS.map((length) => {
      const text = piece.repeat(Math.ceil(length / piece.length));
      return `${length / 1_000} kB ${(Buffer.byteLength(text) / 1_000 / take(() => clean(text)).cpuMs).toFixed(1)}`;
    });
    console.log(`hostile   ${JSON.stringify(piece).padEnd(18)} MB/s of processor time: ${rates.join('  ')}`);
  }
};

await ready();
const isAction = (row: z.infer<typeof Row>): row is Action => row.kind === 'command' || row.kind === 'sql';
timeGuard('own', OWN_COMMANDS);
timeGuard('commands', rowsOf('commands.jsonl').filter(isAction));
timeGuard('rewritten', rowsOf('commands-mutated.jsonl').filter(isAction));
timeSanitizer('own lines', OWN_LINES);
timeSanitizer('own log', [OWN_LINES.slice(0, 4).join('\n').concat('\n').repeat(1_000)]);
for (const file of ['benign', 'injections'])
  timeSanitizer(
    file,
    rowsOf(`${file}.jsonl`).map(({ text }) => text),
  );
timeHostile();
if (!existsSync(shared)) console.log(`The labelled texts are not at ${shared}; measured on our own alone.`);
