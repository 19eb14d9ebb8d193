import type { ChannelName, TelemetryFinding } from '../telemetry-diagnosis.js';

/** Collects what speaks against each service; a service gets each channel's weight once, from its strongest finding there. */
export class Tally {
  readonly #byService = new Map<string, Map<ChannelName, TelemetryFinding>>();

  add(finding: TelemetryFinding): void {
    if (!(finding.weight > 0)) return;
    const ofService = this.#byService.get(finding.service) ?? new Map<ChannelName, TelemetryFinding>();
    const known = ofService.get(finding.channel);
    if (!known || isStronger(finding, known)) ofService.set(finding.channel, finding);
    this.#byService.set(finding.service, ofService);
  }

  /** Strongest first. */
  of(service: string): TelemetryFinding[] {
    return [...(this.#byService.get(service)?.values() ?? [])].sort((a, b) => (isStronger(a, b) ? -1 : 1));
  }

  services(): string[] {
    return [...this.#byService.keys()];
  }
}

/** Ties are decided by text, so that the order in which things were measured never matters. */
const isStronger = (a: TelemetryFinding, b: TelemetryFinding): boolean =>
  a.weight !== b.weight ? a.weight > b.weight : a.channel + a.pointer < b.channel + b.pointer;
