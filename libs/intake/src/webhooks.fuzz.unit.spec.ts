import { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { oddWebhook, WEBHOOK_SAMPLES } from '@inquest/testing';
import { detectFormat, FORMATS, incidentsFrom, parseJson, scenarioOf, type Intake } from './index.js';

const receipt = { receivedAt: '2026-03-01T10:20:30.000Z' };
const BODIES = Number(process.env['INQUEST_FUZZ_BODIES'] ?? 5_000);
/** Another one every day of the year; the one that failed stands in the failure and is repeated by naming it. */
const SEED = Number(process.env['INQUEST_FUZZ_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const KINDS = ['firing', 'resolved', 'silenced', 'watchdog', 'ignored', 'refused'];

const faultsOf = (intake: Intake): string[] => {
  if (!intake.readable) return intake.reason.length > 20 ? [] : [`a reason of few words: ${intake.reason}`];
  return intake.signals.flatMap((signal) => {
    if (!KINDS.includes(signal.kind)) return [`a signal of the kind ${String(signal.kind)}`];
    if (signal.fingerprint === '' || signal.title.length > 500) return ['a signal that cannot be told from others'];
    if (signal.kind !== 'firing') return signal.reason ? [] : [`${signal.kind} without a reason`];
    const faults = [Incident.safeParse(signal.incident), EvidenceSnapshot.safeParse(signal.evidence)];
    return faults.flatMap(({ error }) => (error ? [error.message] : []));
  });
};

const reads = (text: string): string[] => {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed.fault === '' ? ['no fault named'] : [];
  const scenario = scenarioOf(parsed.value, receipt);
  const faults = scenario.readable
    ? [Incident.safeParse(scenario.scenario.incident), EvidenceSnapshot.safeParse(scenario.scenario.evidence)]
    : [];
  return [
    ...faultsOf(incidentsFrom('auto', parsed.value, receipt)),
    ...faults.flatMap(({ error }) => (error ? [error.message] : [])),
    ...(scenario.readable || scenario.reason.length > 10 ? [] : ['a scenario refused without a reason']),
  ];
};

describe(`odd webhooks, ${BODIES} of seed ${SEED}`, () => {
  it('are read as far as they go and refused with a reason beyond; nothing is thrown', () => {
    const failures: string[] = [];
    const formats = new Set<string>();
    for (let n = 0; n < BODIES && failures.length < 20; n += 1) {
      const { made, body } = oddWebhook(SEED, n);
      const text = body.toString('utf8');
      const parsed = parseJson(text);
      if (parsed.ok) formats.add(detectFormat(parsed.value) ?? 'none');
      try {
        failures.push(...reads(text).map((fault) => `seed ${SEED} body ${n} (${made}): ${fault}`));
      } catch (error) {
        failures.push(
          `seed ${SEED} body ${n} (${made}) threw ${error instanceof Error ? error.stack?.slice(0, 600) : String(error)}`,
        );
      }
    }
    expect(failures).toEqual([]);
    expect([...formats].sort()).toEqual([...FORMATS, 'none'].sort());
  });

  it('come again exactly as they were, which is what a seed is for', () => {
    for (let n = 0; n < 100; n += 1) expect(oddWebhook(SEED, n)).toEqual(oddWebhook(SEED, n));
  });
});

describe('every known format', () => {
  it.each(WEBHOOK_SAMPLES)('%s is read as it is by every reader, and by readers of other formats without harm', (_, body) => {
    expect(reads(JSON.stringify(body))).toEqual([]);
    for (const format of FORMATS) expect(faultsOf(incidentsFrom(format, body, receipt))).toEqual([]);
  });
});
