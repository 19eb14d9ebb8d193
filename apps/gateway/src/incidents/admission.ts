import { RECORD } from '@inquest/agent';
import type { Severity } from '@inquest/contracts';
import type { Scenario } from '@inquest/intake';
import type { Record as SessionRecord } from '@inquest/record';
import { ATTRIBUTE, METRIC } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { Problem } from '../problems/problem.js';
import { requestHash } from './cleaning.js';
import type { AlertResult } from './receipt.js';
import { hashOf, type Delivery } from './reception.js';

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

  /**
   * Resolves after the commit; undefined when the incident is to be debated. A request that comes again with its key gets the answer
   * of the first time, whatever the severity is filtered by then.
   * @throws {Problem} 422 when the key came with another request before.
   */
  async turnAway(scenario: Scenario, delivery: Delivery): Promise<AlertResult | undefined> {
    const { severity } = scenario.incident;
    const min = this.environment.INQUEST_SEVERITY_MIN;
    // Without a filter nothing is asked of the record: the incidents' rows know their keys.
    if (min === SEVERITIES[0]) return undefined;
    const idempotencyKey = hashOf(delivery.idempotencyKey);
    const tooMild = isTooMild(severity, min);
    if (!tooMild && idempotencyKey === undefined) return undefined;
    const { incident, evidence } = delivery.cleaning.scenario(scenario);
    const contentHash = requestHash({ incident, evidence }, delivery.startAssumed);
    const filteredFor = (reason: string): AlertResult => ({
      ...{ result: 'filtered', title: incident.title, fingerprint: incident.fingerprint, reason },
    });
    const before = idempotencyKey === undefined ? undefined : await this.record.controls.useOfKey(idempotencyKey);
    if (before?.kind === 'accepted') return undefined; // Who takes it in compares the two.
    if (before) return before.contentHash === contentHash ? filteredFor(before.reason) : refuseKey();
    if (!tooMild) return undefined;
    const reason = `Its severity "${severity}" is below "${min}" (INQUEST_SEVERITY_MIN), so it is on record and is not debated.`;
    const isNew = await this.record.controls.filterIncident({ incident, reason, idempotencyKey, contentHash });
    if (isNew) this.filtered.add(1, { [ATTRIBUTE.incidentSeverity]: severity });
    return isNew || idempotencyKey === undefined ? filteredFor(reason) : this.turnAway(scenario, delivery);
  }
}

const refuseKey = (): never => {
  throw Problem.keyReused('This Idempotency-Key came with another incident before; send this one with a new key.');
};
