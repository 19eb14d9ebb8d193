import type { MetricSeries, TelemetryEvidence } from '../telemetry-evidence.js';
import { noEvidence } from './builders.js';

/** A fault of one service, of which nothing but its and the others' metrics is known. */
export interface SyntheticFault {
  seed: number;
  kind: 'cpu' | 'memory' | 'latency';
  /** Seconds before and after the onset, one point each. */
  beforeSeconds: number;
  duringSeconds: number;
}

export interface SyntheticIncident {
  evidence: TelemetryEvidence;
  culprit: string;
  onsetSeconds: number;
}

const SERVICES = ['shop', 'basket', 'catalogue', 'billing', 'parcels', 'accounts', 'mailer'];
const START = 1_700_000_000;

/**
 * A small shop at one point a second: seven services with CPU in cores, memory in bytes and latency in seconds. Everything is noisy,
 * load drifts, latency of the callers follows that of the culprit, and one idle service trebles its little CPU for no reason, as idle
 * services do.
 */
export const syntheticIncident = ({ seed, kind, beforeSeconds, duringSeconds }: SyntheticFault): SyntheticIncident => {
  const random = generator(seed);
  const noise = (): number => (random() + random() + random() - 1.5) / 1.5;
  const culprit = SERVICES[1 + Math.floor(random() * 5)] ?? 'basket';
  const onsetSeconds = START + beforeSeconds;
  const total = beforeSeconds + duringSeconds;
  const period = 100 + 200 * random();
  const series: MetricSeries[] = SERVICES.flatMap((service) => {
    const isIdle = service === 'mailer';
    const cores = isIdle ? 0.001 : 0.02 + 0.2 * random();
    const bytes = 5e7 + 5e8 * random();
    const latency = 0.002 + 0.02 * random();
    const isCulprit = service === culprit;
    const points = (value: (second: number, isDuring: boolean) => number): MetricSeries['points'] =>
      Array.from({ length: total }, (_, second) => [START + second, value(second, second >= beforeSeconds)] as const);
    const load = (second: number): number => 1 + 0.1 * Math.sin((2 * Math.PI * second) / period);
    const cpuFactor = kind === 'cpu' && isCulprit ? 4 + 4 * random() : isIdle ? 3 : 1;
    const memoryFactor = kind === 'memory' && isCulprit ? 1.6 + random() : 1;
    const slower = isCulprit ? 2.5 : service === 'shop' ? 2 : 1;
    return [
      {
        service,
        metric: 'cpu',
        points: points((at, isDuring) => cores * load(at) * (1 + 0.15 * noise()) * (isDuring ? cpuFactor : 1)),
      },
      { service, metric: 'mem', points: points((at, isDuring) => bytes * (1 + 0.01 * noise()) * (isDuring ? memoryFactor : 1)) },
      {
        service,
        metric: 'latency',
        points: points((at, isDuring) => latency * load(at) * (1 + 0.3 * Math.abs(noise())) * (isDuring ? slower : 1)),
      },
    ];
  });
  return {
    evidence: { ...noEvidence(), series },
    culprit,
    onsetSeconds,
  };
};

/** Mulberry32: small, seeded, and good enough for noise. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
