import { painted, type Style } from '@inquest/cli';

type Paint = (text: string) => string;

/** Fields that every line has, or that the line already says in another way. */
const KNOWN = new Set(['level', 'time', 'service', 'msg', 'pid', 'hostname', 'trace_id', 'span_id', 'err', 'context']);
const NAME_WIDTH = 16;

/** One log line of a service as a person reads it: who, when, what; the rest quietly behind. JSON or not. */
export const renderServiceLine = (name: string, line: string, { colour }: Style): string => {
  const prefix = colour.cyan(name.padEnd(NAME_WIDTH));
  const entry = parsed(line);
  if (!entry) return painted(`${prefix} ${line}`);
  const level = text(entry.level);
  const paint: Paint = { warn: colour.yellow, error: colour.red, fatal: colour.red }[level] ?? ((line) => line);
  const rest = Object.entries(entry).filter(([key]) => !KNOWN.has(key));
  const details = [
    ...rest.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    messageOf(entry.err),
  ].filter(Boolean);
  // A service logs what it was sent; none of that may steer the terminal.
  return painted(
    `${prefix} ${colour.dim(text(entry.time).slice(11, 19))} ${paint(text(entry.msg))} ${colour.dim(details.join(' '))}`,
  ).trimEnd();
};

const parsed = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined; // Somebody's text that happens to begin with a brace.
  }
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const messageOf = (error: unknown): string =>
  error !== null && typeof error === 'object' && 'message' in error && typeof error.message === 'string' ? error.message : '';
