const CLASS_MAX = 160;

/**
 * What kind of error it was and where it came from, for people to find the line and for counters to tell faults apart:
 * `TypeError at TurnRunner.take`. Nothing of its text: that may hold anything.
 */
export const errorClassOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const place = placeIn(String(error.stack ?? ''));
  return `${wordOf(error.name)}${place ? ` at ${place}` : ''}`.slice(0, CLASS_MAX);
};

/** The first frame of ours; those of Node and of packages only say who was in between. */
const placeIn = (stack: string): string | undefined => {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.find((frame) => !/node:|node_modules|\/chunks\/|<anonymous>\)$/.test(frame)) ?? frames[0];
  if (own === undefined) return undefined;
  const [, named] = /^\s+at (?:async |new )*([\w$.<>]+)(?: \[as [\w$]+\])? \(/.exec(own) ?? [];
  if (named !== undefined && !/^(Object\.)?<anonymous>$/.test(named)) return named;
  const [, file] = /([\w.-]+):\d+(?::\d+)?\)?$/.exec(own) ?? [];
  return file;
};

/** A name may be set to anything; a class name is a word. */
const wordOf = (name: unknown): string => (typeof name === 'string' && /^[\w$]{1,60}$/.test(name) ? name : 'Error');
