import { keyStrength, kindOfKey, mayBeSecret } from './key-names.js';
import { mask, redact, type RedactOptions } from './redact.js';
import { stripInvisible } from './invisible.js';

const DEPTH_MAX = 40;

/**
 * A JSON-like copy with secrets in strings, and values under telling keys, replaced. For logs and stored objects: never
 * throws, survives cycles, getters that throw and values JSON does not know.
 */
export const redactValue = (value: unknown, options: RedactOptions = {}): unknown =>
  copy(value, undefined, options, new Set(), 0);

const copy = (value: unknown, key: string | undefined, options: RedactOptions, above: Set<object>, depth: number): unknown => {
  if (typeof value === 'string') return text(value, key, options);
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (depth > DEPTH_MAX) return '[too deep]';
  if (above.has(value)) return '[circular]';
  above.add(value);
  try {
    return compound(value, options, above, depth);
  } catch {
    return '[unreadable]'; // A getter or a proxy threw; what it hides is not worth a log line.
  } finally {
    above.delete(value);
  }
};

const text = (value: string, key: string | undefined, options: RedactOptions): string => {
  const strength = key === undefined ? undefined : keyStrength(key);
  const plain = stripInvisible(value);
  if (key !== undefined && strength !== undefined && mayBeSecret(plain, strength, true))
    return mask(kindOfKey(key), plain, options);
  return redact(plain, options).text;
};

const compound = (value: object, options: RedactOptions, above: Set<object>, depth: number): unknown => {
  if (Array.isArray(value)) return value.map((item) => copy(item, undefined, options, above, depth + 1));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString();
  if (value instanceof Error)
    return {
      name: value.name,
      message: text(value.message, undefined, options),
      stack: text(value.stack ?? '', undefined, options),
    };
  if (value instanceof Map || value instanceof Set) return copy([...value], undefined, options, above, depth + 1);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return fields(value as Record<string, unknown>, options, above, depth);
};

const fields = (
  object: Record<string, unknown>,
  options: RedactOptions,
  above: Set<object>,
  depth: number,
): Record<string, unknown> => {
  const secretObject = object['kind'] === 'Secret';
  // `{name: DB_PASSWORD, value: …}` is how Kubernetes writes an environment variable.
  const named = typeof object['name'] === 'string' && keyStrength(object['name']) !== undefined ? object['name'] : undefined;
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    const safeKey = redact(stripInvisible(key), options).text;
    if (secretObject && (key === 'data' || key === 'stringData') && typeof value === 'object' && value !== null)
      put(copied, safeKey, allSecret(value as Record<string, unknown>, options));
    else put(copied, safeKey, copy(value, key === 'value' && named !== undefined ? named : key, options, above, depth + 1));
  }
  return copied;
};

/** A member of its own, also under the one name that would otherwise replace the prototype. */
const put = (object: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
};

const allSecret = (data: Record<string, unknown>, options: RedactOptions): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === 'string' ? text(value, 'password', options) : '[unreadable]',
    ]),
  );
