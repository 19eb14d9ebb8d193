import { LOGGER } from '@inquest/agent';
import { collect, collectorsFrom, merged, notCollected, snapshotOf, type Collected, type Collector } from '@inquest/collectors';
import { DIMENSIONS, emptySnapshot, EvidenceItem, evidenceItems, safely, type EvidenceSnapshot } from '@inquest/contracts';
import { cleanSnapshot } from '@inquest/hygiene';
import type { AcceptedIncident } from '@inquest/record';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';

/** Less time than this is not worth a question to anybody. */
const WORTHWHILE_MS = 250;
/** Incidents that wait for their turn, for each that has it: more would wait in vain, and in memory. */
const WAITING_MAX = 8;

/**
 * Gathers evidence from whatever the operator has configured, just before a session opens. What it brings is published with the
 * opening and stored nowhere before: of two gateways that gather for one session, the script lets one opening win.
 */
@Injectable()
export class EvidenceCollection {
  /** How long a session waits for its opening at most; 0 when nothing is configured. */
  readonly maxMs: number;
  private readonly collectors: readonly Collector[];
  private readonly turns: ReturnType<typeof pLimit>;

  constructor(
    @Inject(GATEWAY_ENVIRONMENT) environment: GatewayEnvironment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.collectors = collectorsFrom(environment);
    this.maxMs = this.collectors.length === 0 ? 0 : environment.INQUEST_COLLECT_MS;
    this.turns = pLimit(environment.INQUEST_COLLECT_AT_ONCE);
  }

  /** Nobody reads the evidence of an incident that goes to people at once. */
  isFor({ path }: AcceptedIncident): boolean {
    return this.maxMs > 0 && path !== 'escalate';
  }

  /** The incident's own evidence and what was found, without its secrets. Resolves within `maxMs`, cleaning aside; never rejects. */
  async gather({ sessionId, incident, evidence }: AcceptedIncident): Promise<EvidenceSnapshot> {
    const startedMs = performance.now();
    const found = await this.found(incident, startedMs);
    const salt = randomBytes(16).toString('hex');
    const { snapshot, redactions, suspicions } = cleanSnapshot(snapshotOf(found), { salt });
    const fit = fitting(snapshot);
    const statuses = evidenceItems(fit).map(({ item }) => item.status);
    const items = Object.fromEntries(statuses.map((status) => [status, statuses.filter((other) => other === status).length]));
    this.logger.info(
      { sessionId, items, redactions, suspicions, tookMs: Math.round(performance.now() - startedMs) },
      'evidence was gathered',
    );
    return merged(evidence, fit);
  }

  /** In turn, so that a storm of alerts is none for the sources; waiting counts as gathering. */
  private async found(incident: AcceptedIncident['incident'], startedMs: number): Promise<Collected[]> {
    const nothing = notCollected(this.collectors, 'Evidence was gathered for too many other incidents at the time.');
    if (this.turns.pendingCount >= WAITING_MAX * this.turns.concurrency) return nothing;
    let tooLate: NodeJS.Timeout | undefined;
    const waited = new Promise<Collected[]>((resolve) => {
      tooLate = setTimeout(() => resolve(nothing), this.maxMs);
    });
    const turn = this.turns(() => {
      clearTimeout(tooLate);
      const withinMs = this.maxMs - (performance.now() - startedMs);
      return withinMs < WORTHWHILE_MS ? nothing : collect(this.collectors, incident, { withinMs });
    });
    return Promise.race([turn, waited]);
  }
}

/** An item that its contract would refuse would make the whole opening unreadable, so it is named and left out. */
const fitting = (snapshot: EvidenceSnapshot): EvidenceSnapshot => {
  const fit = emptySnapshot();
  for (const dimension of DIMENSIONS)
    fit[dimension] = snapshot[dimension].map((item, index) => {
      const parsed = safely(EvidenceItem, item);
      if (parsed.success) return parsed.data;
      const text = `It does not fit the contract: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`.slice(
        0,
        1_000,
      );
      return { id: `unfit-${dimension}-${index}`, status: 'error', title: 'An item that was left out', trusted: true, text };
    });
  return fit;
};
