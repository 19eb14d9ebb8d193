import { InvalidArgumentError } from 'commander';

/** A whole number within bounds, as an option's or argument's parser. */
export const wholeNumberOption =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A session's id, whole: a part of one could name several. */
export const sessionIdArgument = (text: string): string => {
  if (SESSION_ID.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError(
    'It must be a session id such as 0193f0a2-7c1e-7b52-9d4e-0242ac120002; list them with: npx inquest sessions',
  );
};

/** RFC 3339, or a time ago: `90s`, `30m`, `24h`, `7d`. Returns RFC 3339. */
export const momentOption = (text: string): string => {
  const ago = /^(\d{1,5})([smhd])$/.exec(text);
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[ago?.[2] ?? ''];
  const moment = ago && unitMs ? new Date(Date.now() - Number(ago[1]) * unitMs) : new Date(text);
  if (Number.isNaN(moment.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-11-20T14:00:00Z, or 30m, 24h, 7d for that long ago.');
  return moment.toISOString();
};
