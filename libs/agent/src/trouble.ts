import { isOutage } from '@inquest/record';
import { TryAgainLaterError, UnexpectedReplyError } from '@inquest/streams';
import { types } from 'node:util';

/**
 * What Redis says of one key or id alone; all its other replies tell of the server. A script fails over what stands in its keys,
 * or, in old versions, over what any command fails over.
 */
const OF_ONE_ENTRY =
  /^(WRONGTYPE|ERR Invalid stream ID|ERR (?!.*(OOM|READONLY|MISCONF|LOADING|NOREPLICAS|MASTERDOWN)).*user_script)/;
const REDIS_CLIENT =
  /^(Connection is closed|Command timed out|Stream isn't writeable|Cluster isn't ready|Failed to refresh slots|None of startup nodes)/;

/** Whether Postgres or Redis failed for reasons of their own: then waiting helps, and no entry or session is to blame. */
export const isTrouble = (error: unknown): boolean => {
  if (isOutage(error) || error instanceof TryAgainLaterError || error instanceof UnexpectedReplyError) return true;
  if (!types.isNativeError(error)) return false;
  if (error.name === 'ReplyError') return !OF_ONE_ENTRY.test(error.message);
  return /^(MaxRetriesPerRequestError|ClusterAllFailedError|AbortError)$/.test(error.name) || REDIS_CLIENT.test(error.message);
};
