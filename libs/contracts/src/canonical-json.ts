/**
 * The RFC 8785 form (JSON Canonicalization Scheme) of a JSON value: members in the order of their UTF-16 code units, numbers and
 * strings as ECMAScript writes them. Ours and not a library's, since every message is hashed twice on its way and the
 * one we used took three times as long; `canonical-json.unit.spec.ts` holds it against that one.
 *
 * @throws {TypeError} for what is no JSON: undefined, functions, symbols, numbers that are not finite, half a surrogate pair.
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`Only JSON values can be hashed; got the number ${value}.`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return list(value);
      return hasOwnForm(value) ? canonicalJson(value.toJSON()) : canonicalObject(value as Readonly<Record<string, unknown>>);
    default:
      throw new TypeError(`Only JSON values can be hashed; got ${value === undefined ? 'undefined' : `a ${typeof value}`}.`);
  }
};

/** A date, for one. */
const hasOwnForm = (value: object): value is { toJSON: () => unknown } => 'toJSON' in value && typeof value.toJSON === 'function';

/** As `canonicalJson`; the form of one member may be given where it is known already. */
export const canonicalObject = (
  object: Readonly<Record<string, unknown>>,
  known?: { readonly name: string; readonly form: string },
): string => {
  let form = '{';
  for (const name of sorted(Object.keys(object))) {
    const value = object[name];
    if (value === undefined) continue; // As JSON.stringify has it.
    form += `${form.length === 1 ? '' : ','}${text(name)}:${name === known?.name ? known.form : canonicalJson(value)}`;
  }
  return `${form}}`;
};

const list = (values: readonly unknown[]): string => {
  let form = '[';
  for (let index = 0; index < values.length; index += 1)
    form += `${index === 0 ? '' : ','}${canonicalJson(values[index] ?? null)}`;
  return `${form}]`;
};

/** Nearly all text needs no escape, and asking is faster than writing it anew. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const text = (value: string): string => {
  if (value.length < 64 && PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('Only JSON values can be hashed; got half a surrogate pair.');
  return JSON.stringify(value);
};

/** Most objects of ours have few members; sorting them by insertion costs less than calling `sort`. */
const sorted = (names: string[]): string[] => {
  if (names.length > 24) return names.sort();
  for (let index = 1; index < names.length; index += 1) {
    const name = names[index] as string;
    let place = index - 1;
    while (place >= 0 && (names[place] as string) > name) {
      names[place + 1] = names[place] as string;
      place -= 1;
    }
    names[place + 1] = name;
  }
  return names;
};
