import { flag, PhaseEnvironment, wholeNumber } from '@inquest/config';
import { z } from 'zod';
import { parseTokens } from './auth/tokens.js';

const HOW_TO_MAKE_TOKENS =
  'give `name:role:sha256hex` per token, comma-separated, with role viewer, operator or admin; the hash is that of the token: printf %s "$TOKEN" | sha256sum';

/** What the HTTP door needs to know beside `PlatformEnvironment`. */
export const GatewayEnvironment = PhaseEnvironment.extend({
  INQUEST_TOKENS: z.string({ error: `is not set; ${HOW_TO_MAKE_TOKENS}` }).transform((text, context) => {
    const tokens = parseTokens(text);
    if (tokens.length > 0) return tokens;
    context.addIssue({ code: 'custom', message: `cannot be read; ${HOW_TO_MAKE_TOKENS}` });
    return z.NEVER;
  }),
  AIOPS_AUTO_EXECUTE_ENABLED: flag(false),
  /** Milliseconds that one role, and one debate, may take; fixed for a session when it is accepted. */
  INQUEST_TURN_MS: wholeNumber(5_000, 50, 600_000),
  INQUEST_DEBATE_MS: wholeNumber(30_000, 100, 3_600_000),
  /** Bytes of one request body. */
  INQUEST_BODY_MAX: wholeNumber(1_048_576, 1_024, 16_777_216),
  /** Requests per minute and caller, in one process. */
  INQUEST_RATE_PER_MINUTE: wholeNumber(6_000, 1, 10_000_000),
  /** Requests without a valid token per minute and address that are answered 401, in one process; more are answered 429. */
  INQUEST_STRANGER_RATE_PER_MINUTE: wholeNumber(120, 1, 10_000_000),
  /** Above either, new incidents are refused with 503 until the recorder has caught up. */
  INQUEST_RECORDER_LAG_MS: wholeNumber(5_000, 100, 600_000),
  INQUEST_RECORDER_BACKLOG: wholeNumber(50_000, 1, 10_000_000),
  /** Milliseconds after SIGTERM during which a gateway process still takes requests: load balancers go on sending until they have noticed. */
  INQUEST_SHUTDOWN_DELAY_MS: wholeNumber(3_000, 0, 60_000),
});
export type GatewayEnvironment = z.infer<typeof GatewayEnvironment>;

export const GATEWAY_ENVIRONMENT = Symbol('the parsed GatewayEnvironment');
