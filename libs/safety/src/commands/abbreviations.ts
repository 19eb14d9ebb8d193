/** Takes a long option by the beginning of its name, as GNU programs do: `--rem` is `--remove-files` when that is among the names. */
export const completed = (text: string, names: readonly string[]): string => {
  const [, given, rest = ''] = /^--([a-z][a-z0-9-]*)(=.*)?$/s.exec(text) ?? [];
  if (given === undefined || names.includes(given)) return text;
  const name = names.find((candidate) => candidate.startsWith(given));
  return name === undefined ? text : `--${name}${rest}`;
};
