import { CollectorsEnvironment } from '@inquest/collectors';
import { flag, PhaseEnvironment, wholeNumber } from '@inquest/config';
import { z } from 'zod';
import { parseTokens } from './auth/tokens.js';

const HOW_TO_MAKE_TOKENS =
  'give `name:role:sha256hex` per token, comma-separated, with role viewer, operator or admin, and if you like `:2027-12-31` for its last day; the hash is that of the token: printf %s "$TOKEN" | sha256sum';

/** What the HTTP door needs to know beside `PlatformEnvironment`. */
export const GatewayEnvironment = PhaseEnvironment.extend({
  ...CollectorsEnvironment.shape,
  INQUEST_TOKENS: z.string({ error: `is not set; ${HOW_TO_MAKE_TOKENS}` }).transform((text, context) => {
    const { tokens, faults } = parseTokens(text);
    if (tokens.length > 0) return tokens;
    const reason = faults.length > 0 ? faults.join('; ') : 'there is no token in it';
    context.addIssue({ code: 'custom', message: `cannot be read: ${reason}; ${HOW_TO_MAKE_TOKENS}` });
    return z.NEVER;
  }),
  AIOPS_AUTO_EXECUTE_ENABLED: flag(false),
  /** Milder incidents are put on record and not debated; `unknown` is always debated. */
  INQUEST_SEVERITY_MIN: z.enum(['info', 'warning', 'high', 'critical']).default('info'),
  /** Milliseconds that one role, and one debate, may take; fixed for a session when it is accepted. */
  INQUEST_TURN_MS: wholeNumber(5_000, 50, 600_000),
  INQUEST_DEBATE_MS: wholeNumber(30_000, 100, 3_600_000),
  /** Bytes of one request body. */
  INQUEST_BODY_MAX: wholeNumber(1_048_576, 1_024, 16_777_216),
  /** Milliseconds in which a request has to arrive completely, its headers in a third of that. */
  INQUEST_REQUEST_MS: wholeNumber(30_000, 300, 600_000),
  /** Requests per minute and caller, in one process. */
  INQUEST_RATE_PER_MINUTE: wholeNumber(6_000, 1, 10_000_000),
  /** Requests without a valid token per minute and address that are answered 401, in one process; more are answered 429. */
  INQUEST_STRANGER_RATE_PER_MINUTE: wholeNumber(120, 1, 10_000_000),
  /**
   * Above either, new incidents are refused with 503 until the recorder has caught up. The second, in messages, also bounds the
   * sessions that may be open at a time: to a sixth of it, as each has six messages to say.
   */
  INQUEST_RECORDER_LAG_MS: wholeNumber(5_000, 100, 600_000),
  INQUEST_RECORDER_BACKLOG: wholeNumber(50_000, 1, 10_000_000),
  /** Sessions that may be open at a time; above it new incidents are refused with 503. Each may still put six messages into the inbox. */
  INQUEST_SESSIONS_MAX: wholeNumber(20_000, 1, 1_000_000),
  /** Incidents that may wait for Redis while it is away, committed and not opened; above it new ones are refused with 503. */
  INQUEST_UNOPENED_MAX: wholeNumber(1_000, 0, 1_000_000),
  /** Requests with a body that one process has in hand at a time; more are refused with 503 before they are read. */
  INQUEST_REQUESTS_MAX: wholeNumber(256, 1, 100_000),
  /** Milliseconds after SIGTERM during which a gateway process still takes requests: load balancers go on sending until they have noticed. */
  INQUEST_SHUTDOWN_DELAY_MS: wholeNumber(3_000, 0, 60_000),
});
export type GatewayEnvironment = z.infer<typeof GatewayEnvironment>;

export const GATEWAY_ENVIRONMENT = Symbol('the parsed GatewayEnvironment');
