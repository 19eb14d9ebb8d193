import { z } from 'zod';

/**
 * `safeParse` that never throws, for whatever comes from outside. zod's own does in two cases: its checks of length compare
 * `value.length` even of an object, where `{"length": {"toString": 0}}` cannot be compared; and what walks a tree by recursion
 * fails on a hundred thousand levels, which JSON.parse takes.
 */
export const safely = <S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> => {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) return refused('it is nested too deep');
    if (error instanceof TypeError) return refused(`it has members that no value has (${error.message})`);
    throw error;
  }
};

const refused = (message: string): z.ZodSafeParseError<never> => ({
  success: false,
  error: new z.ZodError([{ code: 'custom', path: [], message, input: undefined }]) as z.ZodError<never>,
});
