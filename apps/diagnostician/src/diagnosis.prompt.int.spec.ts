import { trace } from '@opentelemetry/api';
import { TwoMinds, type Turn } from '@inquest/agent';
import { emptySnapshot, type EvidenceSnapshot } from '@inquest/contracts';
import { fold } from '@inquest/debate';
import { ClaudeModel } from '@inquest/model';
import { createLogger } from '@inquest/telemetry';
import { anOpening, FakeAnthropic, published } from '@inquest/testing';
import { Diagnostician } from './diagnostician.js';

const START = 1_790_000_000;
const levels = (service: string, before: number, during: number) => ({
  name: 'cpu_usage_percent',
  labels: { service },
  points: Array.from({ length: 40 }, (_, minute): [number, number] => [
    START + 60 * minute,
    (minute < 30 ? before : during) * (1 + 0.03 * Math.sin(minute)),
  ]),
});
const evidence: EvidenceSnapshot = {
  ...emptySnapshot(),
  metrics: [
    {
      id: 'cpu-1',
      status: 'ok',
      title: 'CPU',
      trusted: true,
      series: [levels('web', 20, 20), levels('cart', 20, 64), levels('ledger', 20, 20), levels('mail', 20, 20)],
    },
  ],
  logs: [{ id: 'log-1', status: 'ok', title: 'Log of ledger', trusted: true, text: 'ledger: queue is full' }],
};

const warnings: string[] = [];
const turn: Turn = {
  sessionId: 's',
  signal: AbortSignal.timeout(30_000),
  logger: createLogger('test', { write: (line: string) => void warnings.push(line) }),
  span: trace.getTracer('test').startSpan('turn'),
};

let fake: FakeAnthropic;
beforeAll(async () => (fake = await FakeAnthropic.start()));
afterAll(() => fake.stop());
beforeEach(() => warnings.splice(0));

const diagnosing = async () => {
  const session = fold([published('session.opened', anOpening({ evidence }))]);
  if (!session) throw new Error('no session');
  return new Diagnostician(new TwoMinds(new ClaudeModel({ apiKey: 'key', baseURL: fake.url }))).diagnose(session, turn);
};

const hypothesis = (component: string, confidence: number, ...evidenceIds: string[]) => ({
  cause: `${component} broke.`,
  component,
  category: 'resource_exhaustion',
  faultType: 'cpu_saturation',
  confidence,
  evidenceIds,
  refutedBy: [],
});
const answering = (...hypotheses: object[]) =>
  fake.script('diagnostician', {
    kind: 'answer',
    json: { healthy: false, healthEvidenceIds: [], confidence: 0.9, hypotheses, summary: 'Said.', missingEvidence: [] } as never,
  });

it('asks a question that the API accepts, long enough to be cached, whose answer its schema allows', async () => {
  fake.script('diagnostician', { kind: 'sensible' });
  const { mind, data, usage } = await diagnosing();
  expect({ mind, abstained: data.abstained }).toEqual({ mind: 'model', abstained: false });
  expect(fake.seenFrom('diagnostician')).toHaveLength(1);
  expect(usage?.cacheWriteTokens).toBeGreaterThan(512);
});

it('gives the model the candidates of the engine as marked data, with the items that bear them', async () => {
  fake.script('diagnostician', { kind: 'sensible' });
  await diagnosing();
  const asked = JSON.stringify(fake.seenFrom('diagnostician').at(-1)?.request?.messages);
  const content = (JSON.parse(asked) as { content: { text: string }[] }[])[0]?.content[0]?.text ?? '';
  const { marker, question } = JSON.parse(content) as {
    marker: string;
    question: {
      candidates: { component: string; supportedBy: { statement: string; evidenceIds: string[] }[] }[];
      measurements: object;
    };
  };
  const [first] = question.candidates;
  expect(first?.component).toBe('cart');
  expect(first?.supportedBy[0]?.evidenceIds).toEqual(['cpu-1']);
  expect(first?.supportedBy[0]?.statement.startsWith(`${marker}|`)).toBe(true);
  expect(question.measurements).toMatchObject({ measured: ['metrics'] });
});

it('lets the model rank anew', async () => {
  answering(hypothesis('ledger', 0.7, 'log-1'), hypothesis('cart', 0.5, 'cpu-1'));
  const { data } = await diagnosing();
  expect(data.hypotheses.map(({ component }) => component)).toEqual(['ledger', 'cart']);
  expect(warnings).toEqual([]);
});

it('drops, counts and reports what the model made up', async () => {
  answering(hypothesis('cart', 0.9, 'cpu-1', 'cpu-7'), hypothesis('inventory', 0.8, 'log-1'), hypothesis('ledger', 0.6, 'log-1'));
  const { data } = await diagnosing();
  expect(data.hypotheses.map(({ component }) => component)).toEqual(['ledger']);
  expect(data.summary).toContain('2 hypotheses');
  expect(data.summary).toContain('cpu-7');
  expect(warnings.join()).toContain('"dropped":2');
});

it('abstains, and says what the rules found, when the model made up everything', async () => {
  answering(hypothesis('inventory', 0.95, 'log-9'));
  const { data, vote } = await diagnosing();
  expect({ vote, abstained: data.abstained, hypotheses: data.hypotheses }).toEqual({
    vote: 'ABSTAIN',
    abstained: true,
    hypotheses: [],
  });
  expect(data.summary).toMatch(/log-9.*The rules, for whoever looks: .*cart/);
});
