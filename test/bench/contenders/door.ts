import { Agent, request } from 'node:http';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { incidentOf } from './incident.js';

const Receipt = z.object({ sessionId: z.uuid() });
const Decided = z.object({ decision: z.object({ outcome: z.string() }) });

/** Every so many sessions one is read again at the end: a decision that cannot be read must not count as one. */
const CHECK_EVERY = 200;

/** Sends incidents as a pager does: over HTTP, on connections that are kept. */
export class Door {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 512 });
  private readonly toCheck: string[] = [];
  private opened = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

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

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, content?: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.token}`,
        ...(content !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
      };
      const sent = request(`${this.url}${path}`, { agent: this.agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(content);
    });
  }
}
