/** The record's own value of a key: names such as `constructor` come from outside and must not find inherited ones. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
