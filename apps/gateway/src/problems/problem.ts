import { HttpException } from '@nestjs/common';
import type { AccessRole, Principal } from '../auth/tokens.js';

/** One thing that is wrong, and where in the request. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export interface ProblemDetails {
  /** Stable name for programs: `urn:inquest:problem:<slug>`. */
  readonly slug: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as RFC 9457 has it. Whatever else is thrown becomes one in the filter. */
export class Problem extends HttpException {
  override readonly name = 'Problem';

  constructor(
    status: number,
    readonly details: ProblemDetails,
  ) {
    super(details.detail, status);
  }

  static invalid(detail: string, errors?: readonly Fault[]): Problem {
    return new Problem(400, { slug: 'invalid-request', title: 'The request is not valid', detail, ...(errors && { errors }) });
  }

  static unauthenticated(): Problem {
    const detail = 'Send the header "Authorization: Bearer <token>" with a token that this gateway knows.';
    return new Problem(401, {
      slug: 'unauthenticated',
      title: 'Who are you?',
      detail,
      headers: { 'www-authenticate': 'Bearer realm="inquest"' },
    });
  }

  static tooManyStrangers(retryAfterSeconds: number): Problem {
    return tooMany(
      'Too many requests without a valid token came from this address. Correct the token, then send them again.',
      retryAfterSeconds,
    );
  }

  static tooManyRequests(perMinute: number, retryAfterSeconds: number): Problem {
    return tooMany(
      `More than ${perMinute} requests came within a minute. Send this again in ${retryAfterSeconds} s.`,
      retryAfterSeconds,
    );
  }

  static forbidden({ name, role }: Principal, needed: AccessRole): Problem {
    return new Problem(403, {
      slug: 'forbidden',
      title: 'Not allowed',
      detail: `${name} has the role ${role}; this needs ${needed}.`,
    });
  }

  static notFound(detail: string): Problem {
    return new Problem(404, { slug: 'not-found', title: 'Not found', detail });
  }

  static unsupportedType(given: string | undefined): Problem {
    const detail = `Send JSON with the header "Content-Type: application/json"${given === undefined ? '' : `, not ${given}`}.`;
    return new Problem(415, { slug: 'unsupported-type', title: 'Not JSON', detail });
  }

  static urlTooLong(charactersMax: number): Problem {
    const detail = `The URL is longer than ${charactersMax} characters. What is long belongs into the body.`;
    return new Problem(414, { slug: 'uri-too-long', title: 'The URL is too long', detail });
  }

  static tokenInUrl(): Problem {
    return Problem.invalid(
      'A token does not belong into the URL, where the logs of every proxy keep it. Send it in the header Authorization, and replace it: it may have been read.',
    );
  }

  static unreadable(detail: string, errors?: readonly Fault[]): Problem {
    return new Problem(422, {
      slug: 'unreadable-incident',
      title: 'No incident can be read from this',
      detail,
      ...(errors && { errors }),
    });
  }

  static keyReused(detail: string): Problem {
    return new Problem(422, { slug: 'idempotency-key-reused', title: 'The Idempotency-Key belongs to another request', detail });
  }

  static overloaded(detail: string, retryAfterSeconds: number): Problem {
    const headers = { 'retry-after': String(retryAfterSeconds) };
    return new Problem(503, { slug: 'overloaded', title: 'Too busy right now', detail, headers });
  }

  static unavailable(detail: string): Problem {
    return new Problem(503, { slug: 'unavailable', title: 'Not available right now', detail, headers: { 'retry-after': '2' } });
  }
}

const tooMany = (detail: string, retryAfterSeconds: number): Problem => {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return new Problem(429, { slug: 'too-many-requests', title: 'Too many requests', detail, headers });
};
