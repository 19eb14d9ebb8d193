import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { z } from 'zod';
import { incidentOf } from './incident.js';

const Receipt = z.object({ sessionId: z.uuid() });
const Decided = z.object({ decision: z.object({ outcome: z.string() }) });

/** Every so many sessions one is read again at the end: a decision that cannot be read must not count as one. */
const CHECK_EVERY = 200;

/** Sends incidents as a pager does: over HTTP, on connections that are kept; by a client that takes little of the cores it shares. */
export class Door {
  private readonly pool: Pool;
  private readonly toCheck: string[] = [];
  private opened = 0;

  constructor(
    url: string,
    private readonly token: string,
  ) {
    this.pool = new Pool(url, { connections: 512 });
  }

  /** The id of the session that was opened. */
  async open(): Promise<string> {
    const { status, body } = await this.send('POST', '/v1/incidents', incidentOf(randomUUID()));
    if (status !== 202) throw new Error(`The gateway answered ${status}: ${body.slice(0, 500)}`);
    const { sessionId } = Receipt.parse(JSON.parse(body));
    if (this.opened++ % CHECK_EVERY === 0) this.toCheck.push(sessionId);
    return sessionId;
  }

  /** @throws {Error} when one of a sample of the sessions has no decision that can be read. */
  async checkDecisions(): Promise<void> {
    for (const sessionId of this.toCheck) {
      const { status, body } = await this.send('GET', `/v1/sessions/${sessionId}`);
      if (status !== 200) throw new Error(`Session ${sessionId} cannot be read: ${status} ${body.slice(0, 500)}`);
      Decided.parse(JSON.parse(body));
    }
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async send(method: 'GET' | 'POST', path: string, content?: string): Promise<{ status: number; body: string }> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(content !== undefined && { 'content-type': 'application/json' }),
    };
    const { statusCode, body } = await this.pool.request({ method, path, headers, body: content ?? null });
    return { status: statusCode, body: await body.text() };
  }
}
