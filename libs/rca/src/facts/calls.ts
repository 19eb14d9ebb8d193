import type { CallFact } from './fact.js';
import { objectAt, objectsAt, objectsIn, textAt, type JsonObject } from './json.js';
import type { Material } from './material.js';
import { bareName } from './names.js';
import { splitLines } from './text.js';

const CALLS_MAX = 2_000;
const FROM = ['from', 'source', 'caller', 'client', 'parent', 'src'];
const TO = ['to', 'target', 'callee', 'server', 'child', 'dst', 'destination'];
const NEEDS = ['depends_on', 'dependsOn', 'dependencies', 'calls', 'upstreams', 'downstream'];
/** `checkout -> payments`, `checkout → payments`, `checkout calls payments`. */
const ARROW = /^\s*([a-z0-9][\w.-]{1,100})\s{0,4}(?:-+>|→|=>|calls)\s{0,4}([a-z0-9][\w.-]{1,100})\s*(?:$|[\s,;(])/i;

const nameAt = (value: JsonObject, keys: readonly string[]): string =>
  textAt(value, ...keys) ?? keys.map((key) => textAt(objectAt(value, key), 'name', 'id', 'service')).find((name) => name) ?? '';

const edgesIn = (value: JsonObject): [string, string][] => {
  const service = textAt(value, 'service', 'name', 'id') ?? '';
  const needed = NEEDS.flatMap((key) => {
    const list = value[key];
    const names = Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === 'string') : [];
    return [...names, ...objectsAt(value, key).map((entry) => textAt(entry, 'service', 'name', 'id') ?? '')];
  });
  const pairs = Array.isArray(value['edges'])
    ? value['edges']
        .filter((entry): entry is unknown[] => Array.isArray(entry))
        .map(([from, to]) => [String(from), String(to)] as const)
    : [];
  return [
    [nameAt(value, FROM), nameAt(value, TO)],
    ...needed.map((name): [string, string] => [service, name]),
    ...pairs.map(([a, b]): [string, string] => [a, b]),
  ];
};

/** Who calls whom, out of a topology's JSON in any of the usual forms or out of arrows in text. */
export const callsOf = ({ id, json, text }: Material): CallFact[] => {
  const pairs =
    json === undefined
      ? splitLines(text)
          .slice(0, CALLS_MAX)
          .map((line) => ARROW.exec(line))
          .map((match): [string, string] => [match?.[1] ?? '', match?.[2] ?? ''])
      : objectsIn(json).flatMap(edgesIn);
  return pairs
    .filter(([caller, callee]) => caller !== '' && callee !== '' && caller !== callee)
    .slice(0, CALLS_MAX)
    .map(([caller, callee]) => ({ caller: bareName(caller), callee: bareName(callee), id }));
};
