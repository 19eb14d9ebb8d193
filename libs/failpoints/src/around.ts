import type { AtPoint } from './failpoints.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * A proxy of the object whose asynchronous methods pass a point before they are called and after they have settled well. Members that
 * are objects of a class of their own (`record.sessions`) are followed. Inside, the object calls itself without passing any.
 */
export const around = <T extends object>(name: string, object: T, at: AtPoint): T =>
  new Proxy(object, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof property === 'symbol') return member;
      if (typeof member === 'function')
        return isLocal(property) ? bound(member as Method, target) : pointed(member as Method, target, `${name}.${property}`, at);
      return isOfClass(member) ? around(`${name}.${property}`, member, at) : member;
    },
  });

const bound =
  (method: Method, target: object) =>
  (...args: unknown[]) =>
    method.apply(target, args);

const pointed =
  (method: Method, target: object, point: string, at: AtPoint) =>
  async (...args: unknown[]) => {
    await at(`${point}:before`);
    const result = await method.apply(target, args);
    await at(`${point}:after`);
    return result;
  };

/** What starts and ends a process, and what it shows of its health, is no effect of a debate. */
const isLocal = (property: string): boolean => ['constructor', 'ping', 'close'].includes(property);

const isOfClass = (member: unknown): member is object => {
  if (typeof member !== 'object' || member === null) return false;
  const prototype: unknown = Object.getPrototypeOf(member);
  return prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype;
};
