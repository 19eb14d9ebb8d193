import { isFields, type Fields } from './values.js';

/** Alerts of one body that are looked at; repeats of one alert collapse, so more than may open sessions. */
export const LOOKED_AT_MAX = 2_000;

/** Members that hold a body's alerts one by one, and those that hold more of such bodies. */
const ALERTS = new Set(['alerts', 'messages', 'data']);
const GROUPS = new Set(['blocks', 'data']);

export interface BoundedBody {
  readonly body: unknown;
  /** Alerts that were left out. */
  readonly left: number;
}

/** The body with its first alerts only. A megabyte can hold hundreds of thousands of them, each of which costs far more than its bytes. */
export const boundedBody = (body: unknown, max = LOOKED_AT_MAX): BoundedBody => {
  let room = max;
  let left = 0;
  const first = (alerts: readonly unknown[]): unknown[] => {
    const taken = alerts.slice(0, room);
    room -= taken.length;
    left += alerts.length - taken.length;
    return taken;
  };
  const listed = (list: readonly unknown[]): unknown[] => (list.some(isGroup) ? list.map(inGroup) : first(list));
  const inGroup = (group: unknown): unknown => (isFields(group) ? mapped(group, member) : group);
  const member = (name: string, value: unknown): unknown => {
    if (Array.isArray(value)) return ALERTS.has(name) || GROUPS.has(name) ? listed(value) : value;
    return GROUPS.has(name) ? inGroup(value) : value;
  };
  const bounded = Array.isArray(body) ? listed(body) : inGroup(body);
  return left === 0 ? { body, left } : { body: bounded, left };
};

const isGroup = (value: unknown): boolean =>
  isFields(value) && (Array.isArray(value['alerts']) || Array.isArray(value['blocks']));

const mapped = (fields: Fields, value: (name: string, value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, before]) => [name, value(name, before)]));
