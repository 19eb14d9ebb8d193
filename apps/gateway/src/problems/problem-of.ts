import { jsonFault } from '@inquest/intake';
import { IdempotencyKeyReusedError, InvalidCursorError, InvalidQueryError, isOutage as isRecordOutage } from '@inquest/record';
import { IncompleteDeadLetterError, NoSuchDeadLetterError } from '@inquest/streams';
import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { Problem } from './problem.js';

const slugOf = (status: number): string => (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/g, '-');

const plain = (status: number, detail: string): Problem =>
  new Problem(status, { slug: slugOf(status), title: STATUS_CODES[status] ?? 'Error', detail });

/** What body parsers and other Express parts throw: an error with a status and whether its text may be shown. */
const isHttpError = (error: unknown): error is Error & { status: number; expose: boolean; type?: string; limit?: number } =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && 'expose' in error;

/** PostgreSQL or Redis is away. */
const isOutage = (error: unknown): boolean =>
  isRecordOutage(error) ||
  (error instanceof Error && (error.name === 'MaxRetriesPerRequestError' || /Connection is closed/i.test(error.message)));

const fromParser = (error: Error & { status: number; expose: boolean; type?: string; limit?: number }): Problem => {
  if (error.status === 413)
    return plain(413, `The body is larger than ${error.limit ?? 'allowed'} bytes. Send less, or raise INQUEST_BODY_MAX.`);
  if (error.type === 'entity.parse.failed') return Problem.invalid(`The body is not JSON: ${jsonFault(error.message)}`);
  return plain(error.status, error.expose ? error.message : 'The request could not be read.');
};

/** Any error as a problem; undefined for a fault of ours, whose text is for the log alone. */
export const problemOf = (error: unknown): Problem | undefined => {
  if (error instanceof Problem) return error;
  if (error instanceof IdempotencyKeyReusedError) return Problem.keyReused(error.message);
  if (error instanceof InvalidCursorError) return Problem.invalid(error.message, [{ path: 'cursor', message: error.message }]);
  if (error instanceof InvalidQueryError) return Problem.invalid(error.message);
  if (error instanceof NoSuchDeadLetterError) return Problem.notFound(error.message);
  if (error instanceof IncompleteDeadLetterError) return plain(409, error.message);
  if (error instanceof HttpException) return error.getStatus() < 500 ? plain(error.getStatus(), error.message) : undefined;
  if (isHttpError(error) && error.status < 500) return fromParser(error);
  if (isOutage(error))
    return Problem.unavailable('The database or Redis does not answer. Send the same request again in a moment.');
  return undefined;
};
