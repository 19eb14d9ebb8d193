import { RECORD } from '@inquest/agent';
import type { Severity } from '@inquest/contracts';
import type { Scenario } from '@inquest/intake';
import type { Record as SessionRecord } from '@inquest/record';
import { ATTRIBUTE, METRIC } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import type { Cleaning } from './cleaning.js';
import type { AlertResult } from './receipt.js';

/** Mildest first. */
export const SEVERITIES = ['info', 'warning', 'high', 'critical'] as const;

/** `unknown` may be anything, so it is never too mild. */
export const isTooMild = (severity: Severity, min: (typeof SEVERITIES)[number]): boolean =>
  severity !== 'unknown' && SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(min);

/** Which incidents are worth a debate, by the operator's word. The others are committed to the audit of controls, and that is all. */
@Injectable()
export class Admission {
  private readonly filtered = metrics.getMeter('inquest').createCounter(METRIC.incidentsFiltered, {
    description: 'Incidents on record that were too mild to be debated, by severity',
  });

  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  /** Resolves after the commit; undefined when the incident is to be debated. */
  async turnAway(scenario: Scenario, cleaning: Cleaning): Promise<AlertResult | undefined> {
    const { severity } = scenario.incident;
    const min = this.environment.INQUEST_SEVERITY_MIN;
    if (!isTooMild(severity, min)) return undefined;
    const { incident } = cleaning.scenario(scenario);
    const reason = `Its severity "${severity}" is below "${min}" (INQUEST_SEVERITY_MIN), so it is on record and is not debated.`;
    const isNew = await this.record.controls.filterIncident(incident, reason);
    if (isNew) this.filtered.add(1, { [ATTRIBUTE.incidentSeverity]: severity });
    return { result: 'filtered', title: incident.title, fingerprint: incident.fingerprint, reason };
  }
}
