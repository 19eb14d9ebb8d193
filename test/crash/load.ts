import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { OOM_KILLED } from '../support/incidents.js';
import type { History } from './history.js';
import type { SeededRandom } from '@inquest/testing';
import type { Rig } from './rig.js';

/** How long a client waits for a reply before it sends the same again. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 300;
/** Requests that wait for a gateway; more would only pile up while none is there. */
const WAITING_MAX = 40;
/** Of a hundred accepted requests so many are sent once more, as pagers do. */
const REPEATED_PERCENT = 5;

const Receipt = z.object({ results: z.array(z.object({ incidentId: z.string(), sessionId: z.string() })).min(1) });

/** A client that never gives up: what it has not got a 2xx for, it sends again with the same key, at another gateway if there is one. */
export class Load {
  private readonly waiting = new Set<Promise<void>>();
  private isOn = true;
  private running: Promise<void> | undefined;
  private refused = 0;

  constructor(
    private readonly rig: Rig,
    private readonly history: History,
    private readonly random: SeededRandom,
    /** Incidents per second. */
    private readonly rate: number,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Opens no more and waits until everything that was begun is accepted. */
  async stop(): Promise<void> {
    this.isOn = false;
    await this.running;
    await Promise.all(this.waiting);
  }

  /** How often a gateway said 503 and asked to be tried later. */
  get refusals(): number {
    return this.refused;
  }

  private async run(): Promise<void> {
    while (this.isOn) {
      if (this.waiting.size < WAITING_MAX) this.begin();
      await pause((2_000 / this.rate) * this.random.next());
    }
  }

  private begin(): void {
    const one = this.untilAccepted(this.random.fork()).finally(() => this.waiting.delete(one));
    this.waiting.add(one);
  }

  private async untilAccepted(random: SeededRandom): Promise<void> {
    const idempotencyKey = randomUUID();
    const body = incidentOf(idempotencyKey, random);
    for (;;) {
      if ((await this.post(idempotencyKey, body, random)) && random.below(100) >= REPEATED_PERCENT) return;
      await pause(RETRY_MS);
    }
  }

  private async post(idempotencyKey: string, body: string, random: SeededRandom): Promise<boolean> {
    const headers = { 'idempotency-key': idempotencyKey };
    const gateway = random.below(this.rig.processes.urls('gateway').length);
    const request = { method: 'POST', body, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
    try {
      const response = await this.rig.request('/v1/incidents', request, gateway);
      const text = await response.text();
      if (response.status === 503) this.refused++;
      if (response.status >= 500 || response.status === 429) return false;
      if (response.status !== 202) throw new RefusedError(`a sound incident got ${response.status}: ${text}`);
      for (const { incidentId, sessionId } of Receipt.parse(JSON.parse(text)).results)
        this.history.accepted({ incidentId, sessionId, idempotencyKey, atMs: Date.now() });
      return true;
    } catch (error) {
      if (error instanceof RefusedError || error instanceof z.ZodError) throw error;
      this.history.unanswered({ idempotencyKey, atMs: Date.now() });
      return false;
    }
  }
}

/** The gateway answered, and not as its contract says. */
class RefusedError extends Error {}

const incidentOf = (fingerprint: string, random: SeededRandom): string =>
  JSON.stringify({
    incident: {
      source: 'crash',
      fingerprint,
      title: 'checkout-api restarts',
      startsAt: new Date().toISOString(),
      severity: 'critical',
    },
    // Some have nothing to say: then every role abstains or finds nothing to judge.
    evidence: random.below(10) === 0 ? {} : OOM_KILLED,
  });
