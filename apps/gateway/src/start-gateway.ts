import { ENVIRONMENT, runUntilStopped, type PlatformEnvironment, type RunningService } from '@inquest/agent';
import { createLogger, NestLogger, startTelemetry } from '@inquest/telemetry';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { setTimeout as pause } from 'node:timers/promises';
import { Strangers } from './auth/strangers.js';
import { serveDocs } from './docs.js';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from './gateway.environment.js';
import { GatewayModule } from './gateway.module.js';
import { boundArrival } from './http/arrival.js';
import { explainParserErrors, isJsonType, refuseOddShapes, refuseOtherTypes } from './http/body.js';
import { refuseCrowds } from './http/crowd.js';
import { drain } from './http/drain.js';
import { refuseBodiesOfStrangers } from './http/known-senders.js';
import { refuseLongUrls } from './http/url.js';
import { SessionFeed } from './sessions/session-feed.js';

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
  const environment = app.get<GatewayEnvironment>(GATEWAY_ENVIRONMENT);
  const { INQUEST_BODY_MAX: limit, INQUEST_TOKENS: tokens } = environment;
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(refuseLongUrls);
  app.use(refuseBodiesOfStrangers(tokens, app.get(Strangers)));
  app.use(refuseCrowds(environment.INQUEST_REQUESTS_MAX));
  app.use(refuseOtherTypes);
  app.useBodyParser('json', { limit, type: (request) => isJsonType(request.headers['content-type']) });
  app.use(explainParserErrors);
  app.use(refuseOddShapes(limit));
  serveDocs(app);
  await app.init();
  const platform = app.get<PlatformEnvironment>(ENVIRONMENT, { strict: false });
  boundArrival(app.getHttpServer(), environment.INQUEST_REQUEST_MS);
  await app.listen(platform.PORT);
  // Requests are answered first, and what waits for them is drained afterwards.
  const patienceMs = 2 * platform.INQUEST_DRAIN_MS;
  return { app, patienceMs, close: () => leave(app, platform.INQUEST_DRAIN_MS) };
};

/** Streams end, requests in flight are answered, and only then do the services go that answer them. */
const leave = async (app: NestExpressApplication, patienceMs: number): Promise<void> => {
  const answered = drain(app.getHttpServer(), patienceMs);
  await app.get(SessionFeed).beforeApplicationShutdown();
  await answered;
  await app.close();
};

/** For load balancers, which go on sending until they have noticed that its readiness says no: it keeps its door open for a while. */
export const startGatewayBehindBalancer: typeof startGateway = async () => {
  const gateway = await startGateway();
  const { INQUEST_SHUTDOWN_DELAY_MS: delayMs } = gateway.app.get<GatewayEnvironment>(GATEWAY_ENVIRONMENT);
  return { ...gateway, patienceMs: gateway.patienceMs + delayMs, close: () => pause(delayMs).then(() => gateway.close()) };
};

export const runGateway = (): Promise<void> => runUntilStopped(SERVICE, startGatewayBehindBalancer);
