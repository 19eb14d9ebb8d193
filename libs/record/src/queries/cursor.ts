import { z } from 'zod';

/** The cursor was not made by this list, or was changed on its way. The caller starts again without one. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  constructor() {
    super('The cursor is not one that this list has given out; ask for the first page without a cursor.');
  }
}

/** Keyset cursors name the last item seen, so pages neither skip nor repeat while rows are being added. */
export const encodeCursor = (key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');

/** @throws {InvalidCursorError} */
export const decodeCursor = <S extends z.ZodType>(cursor: string, schema: S): z.infer<S> => {
  const parsed = schema.safeParse(parse(cursor));
  if (!parsed.success) throw new InvalidCursorError();
  return parsed.data;
};

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursorError();
  }
};

/** RFC 3339 with microseconds, as `to_char` writes it here. */
export const MicrosecondTime = z.iso.datetime({ precision: 6 });
