import { ENVIRONMENT, runUntilStopped, type PlatformEnvironment, type RunningService } from '@inquest/agent';
import { createLogger, NestLogger, startTelemetry } from '@inquest/telemetry';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { serveDocs } from './docs.js';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from './gateway.environment.js';
import { GatewayModule } from './gateway.module.js';
import { explainParserErrors, isJsonType, refuseDeepNesting, refuseOtherTypes } from './http/body.js';

const SERVICE = 'gateway';

/** Starts the gateway on `PORT` (0: any free one). The body parsers are ours, so Nest must not put its own before them. */
export const startGateway = async (): Promise<RunningService & { readonly app: NestExpressApplication }> => {
  startTelemetry(SERVICE);
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule, {
    logger: new NestLogger(createLogger(SERVICE)),
    abortOnError: false,
    bodyParser: false,
    rawBody: true,
    forceCloseConnections: true,
  });
  const { INQUEST_BODY_MAX: limit } = app.get<GatewayEnvironment>(GATEWAY_ENVIRONMENT);
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(refuseOtherTypes);
  app.useBodyParser('json', { limit, type: (request) => isJsonType(request.headers['content-type']) });
  app.use(explainParserErrors);
  app.use(refuseDeepNesting);
  serveDocs(app);
  await app.init();
  await app.listen(app.get<PlatformEnvironment>(ENVIRONMENT, { strict: false }).PORT);
  return { app, close: () => app.close() };
};

export const runGateway = (): Promise<void> => runUntilStopped(SERVICE, startGateway);
