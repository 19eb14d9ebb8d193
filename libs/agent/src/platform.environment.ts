import { wholeNumber } from '@inquest/config';
import { hostname } from 'node:os';
import { z } from 'zod';

/** What every service needs to know of the world around it. */
export const PlatformEnvironment = z.object({
  REDIS_URL: z.string({
    error: 'is not set; give the URL of Redis, e.g. redis://127.0.0.1:6379 (several, comma-separated: a cluster)',
  }),
  DATABASE_URL: z.string({ error: 'is not set; give the URL of PostgreSQL for the application role' }),
  /** Stable across restarts of a pod, so that it finds its own pending entries again. */
  INQUEST_CONSUMER: z.string().max(200).default(hostname()),
  /** Where /healthz, /readyz and /metrics listen; for the gateway its API too. 0 takes any free port. */
  PORT: wholeNumber(8080, 0, 65_535),
  /** Milliseconds that turns under way may take to finish after SIGTERM. */
  INQUEST_DRAIN_MS: wholeNumber(8_000, 0, 120_000),
  /** Postgres connections that this process may hold. */
  INQUEST_DATABASE_POOL: wholeNumber(4, 1, 100),
});
export type PlatformEnvironment = z.infer<typeof PlatformEnvironment>;
