import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { messageOf } from '../errors.js';

/** Hands a handler's error to the transport as it is, so that the dead letter says what really happened. */
@Catch()
export class EntryExceptionFilter implements ExceptionFilter {
  private readonly log = new Logger('Streams');

  catch(exception: unknown, host: ArgumentsHost): Observable<never> {
    if (host.getType() !== 'rpc') throw exception;
    this.log.warn(messageOf(exception), exception instanceof Error ? exception.stack : undefined);
    return throwError(() => exception);
  }
}
