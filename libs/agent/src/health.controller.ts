import type { Telemetry } from '@inquest/telemetry';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HealthRegistry, type Health } from './health.js';
import { TELEMETRY } from './tokens.js';

/** The three doors that Kubernetes and Prometheus use; open to the pod network, with nothing secret behind them. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthRegistry,
    @Inject(TELEMETRY) private readonly telemetry: Telemetry,
  ) {}

  @Get('healthz')
  alive(@Res() response: ServerResponse): void {
    reply(response, this.health.liveness());
  }

  @Get('readyz')
  async ready(@Res() response: ServerResponse): Promise<void> {
    reply(response, await this.health.readiness());
  }

  @Get('metrics')
  metrics(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    this.telemetry.metrics(request, response);
  }
}

const reply = (response: ServerResponse, { ok, checks }: Health): void => {
  response.statusCode = ok ? 200 : 503;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: ok ? 'ok' : 'error', checks }));
};
