/** A JSON value from outside: any shape. */
export type Json = unknown;
export type JsonObject = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 14;
const NODES_MAX = 20_000;

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of `keys` that holds a non-empty string, number or boolean, as text. */
export const textAt = (object: JsonObject, ...keys: string[]): string | undefined => {
  for (const key of keys) {
    const value = object[key];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return undefined;
};

export const numberAt = (object: JsonObject, ...keys: string[]): number | undefined => {
  for (const key of keys) {
    const value = object[key];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  }
  return undefined;
};

export const objectAt = (object: JsonObject, key: string): JsonObject => {
  const value = object[key];
  return isObject(value) ? value : {};
};

export const objectsAt = (object: JsonObject, key: string): JsonObject[] => {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
};

/** Parses text that looks like one JSON document; anything else, and anything broken, is `undefined`. */
export const parseJson = (text: string): Json => {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
};

/** Every object inside `value`, outermost first, bounded in depth and number. */
export const objectsIn = (value: Json): JsonObject[] => {
  const found: JsonObject[] = [];
  const queue: { value: Json; depth: number }[] = [{ value, depth: 0 }];
  for (let index = 0; index < queue.length && index < NODES_MAX; index += 1) {
    const entry = queue[index];
    if (entry === undefined || entry.depth > DEPTH_MAX) continue;
    if (isObject(entry.value)) found.push(entry.value);
    const children = isObject(entry.value) ? Object.values(entry.value) : Array.isArray(entry.value) ? entry.value : [];
    for (const child of children) {
      if (typeof child === 'object' && child !== null && queue.length < NODES_MAX)
        queue.push({ value: child, depth: entry.depth + 1 });
    }
  }
  return found;
};
