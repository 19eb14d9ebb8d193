import { LOGGER } from '@inquest/agent';
import { redactValue } from '@inquest/hygiene';
import type { Logger } from '@inquest/telemetry';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { GatewayRequest, Response } from '../http/gateway-request.js';
import { problemOf } from './problem-of.js';
import { Problem } from './problem.js';

const OUTAGE_EVERY_MS = 1_000;
const OURS = new Problem(500, {
  slug: 'internal',
  title: 'Our fault',
  detail: 'The request could not be handled. Nothing is known to be wrong with it; the log of the gateway says more.',
});

/** Every error leaves as application/problem+json, whoever threw it, and repeats no secret of the request. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private outageToldAtMs = Number.NEGATIVE_INFINITY;

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse<Response>();
    const { path, method } = host.switchToHttp().getRequest<GatewayRequest>();
    const problem = problemOf(error) ?? OURS;
    const status = problem.getStatus();
    // A refusal that we chose, such as back-pressure, is an answer; a storm of them must not fill the log.
    if (status >= 500 && !(error instanceof Problem) && this.mayTell(problem))
      this.logger.error({ err: error, method, path: redactValue(path), status }, 'a request failed');
    if (response.headersSent) {
      response.end();
      return;
    }
    const { slug, title, detail, errors, headers = {} } = problem.details;
    // Without the query: what stands there is nobody else’s business.
    const body = { type: `urn:inquest:problem:${slug}`, title, status, detail, instance: path, ...(errors && { errors }) };
    response
      .status(status)
      .set(headers)
      .type('application/problem+json')
      .send(JSON.stringify(redactValue(body)));
  }

  /** Faults of ours are told one by one; during an outage all requests fail alike. */
  private mayTell(problem: Problem): boolean {
    if (problem === OURS) return true;
    if (performance.now() - this.outageToldAtMs < OUTAGE_EVERY_MS) return false;
    this.outageToldAtMs = performance.now();
    return true;
  }
}
