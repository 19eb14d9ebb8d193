import { LOGGER } from '@inquest/agent';
import type { Logger } from '@inquest/telemetry';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { GatewayRequest, Response } from '../http/gateway-request.js';
import { problemOf } from './problem-of.js';
import { Problem } from './problem.js';

const OURS = new Problem(500, {
  slug: 'internal',
  title: 'Our fault',
  detail: 'The request could not be handled. Nothing is known to be wrong with it; the log of the gateway says more.',
});

/** Every error leaves as application/problem+json, whoever threw it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse<Response>();
    const { originalUrl, method } = host.switchToHttp().getRequest<GatewayRequest>();
    const problem = problemOf(error) ?? OURS;
    const status = problem.getStatus();
    // A refusal that we chose, such as back-pressure, is an answer; a storm of them must not fill the log.
    if (status >= 500 && !(error instanceof Problem))
      this.logger.error({ err: error, method, url: originalUrl, status }, 'a request failed');
    if (response.headersSent) {
      response.end();
      return;
    }
    const { slug, title, detail, errors, headers = {} } = problem.details;
    const body = { type: `urn:inquest:problem:${slug}`, title, status, detail, instance: originalUrl, ...(errors && { errors }) };
    response.status(status).set(headers).type('application/problem+json').send(JSON.stringify(body));
  }
}
