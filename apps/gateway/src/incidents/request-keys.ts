import { LOGGER, REDIS } from '@inquest/agent';
import type { RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Problem } from '../problems/problem.js';

const KEPT_SECONDS = 24 * 60 * 60;
const ANSWER_MS = 500;

/**
 * Which body an Idempotency-Key came with, for a day. That every alert is opened once does not rest on it but on the
 * incidents' rows; this notices a key that comes again with a body whose alerts are others.
 */
@Injectable()
export class RequestKeys {
  constructor(
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Binds the key, already unique to its caller, to the body. Without Redis it lets everything pass.
   * @throws {Problem} 422 when the key is bound to another body.
   */
  async bind(key: string, body: Buffer): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const hash = sha256(body);
    const bound = await this.boundTo(`aiops:idempotency:${sha256(key)}`, hash);
    if (bound !== hash)
      throw Problem.keyReused('This Idempotency-Key came with another body before; send this one with a new key.');
  }

  private async boundTo(key: string, hash: string): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(hash), ANSWER_MS);
    });
    const answer = (async () => {
      if ((await this.redis.set(key, hash, 'EX', KEPT_SECONDS, 'NX')) === 'OK') return hash;
      return (await this.redis.get(key)) ?? hash;
    })().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'an Idempotency-Key could not be bound to its body; alerts still open once each');
      return hash;
    });
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }
}

const sha256 = (of: string | Buffer): string => createHash('sha256').update(of).digest('hex');
