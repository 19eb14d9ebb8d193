import { wholeNumber } from '@inquest/config';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const RecorderEnvironment = z
  .object({
    /** Seconds that an ended session's stream stays in Redis after its terminal row is committed. */
    INQUEST_SESSION_TTL_S: wholeNumber(3_600, 1, 30 * 86_400),
    /**
     * Seconds that an event may wait for its causes before it is taken for unrecordable. Keep it below the gateway's
     * INQUEST_RECORDER_LAG_MS (5 s by default): the gateway takes in nothing while an event waits for longer than that.
     */
    INQUEST_CAUSE_WAIT_S: wholeNumber(3, 1, 3_600),
    /** File with an Ed25519 private key (PKCS 8 PEM) that ledger heads are signed with. */
    INQUEST_LEDGER_KEY_FILE: z.string().optional(),
    /** File outside Postgres that signed heads are appended to; without it they are in the log alone. */
    INQUEST_LEDGER_HEADS_FILE: z.string().optional(),
    /** Seconds between two heads. What is newer than the last one kept cannot be proven. */
    INQUEST_LEDGER_HEAD_EVERY_S: wholeNumber(10, 1, 86_400),
  })
  .transform((environment, context) => ({ ...environment, ledgerKey: keyIn(environment.INQUEST_LEDGER_KEY_FILE, context) }));
export type RecorderEnvironment = z.infer<typeof RecorderEnvironment>;

export const RECORDER_ENVIRONMENT = Symbol('the parsed RecorderEnvironment');

const keyIn = (file: string | undefined, context: z.RefinementCtx): string | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', path: ['INQUEST_LEDGER_KEY_FILE'], message: `cannot be read: ${problem}` });
    return z.NEVER;
  }
};
