import type { KnownFault } from '../fault-types.js';
import type { ChannelName, TelemetryFinding } from './telemetry-diagnosis.js';

const BY_CHANNEL: Partial<Record<ChannelName, KnownFault>> = {
  cpu: 'cpu_saturation',
  memory: 'memory_pressure',
  io: 'io_saturation',
  'wire-gap': 'slow_dependency',
  'lost-steps': 'code_exception',
  'new-errors': 'code_exception',
  'call-counts': 'code_exception',
};

/** What kind of failure the strongest finding is; `anomaly` when it only shows that something is off. */
export const faultTypeOf = (findings: readonly TelemetryFinding[]): KnownFault => {
  for (const { channel, faultType } of findings) {
    const fault = faultType ?? BY_CHANNEL[channel];
    if (fault) return fault;
  }
  return 'anomaly';
};
