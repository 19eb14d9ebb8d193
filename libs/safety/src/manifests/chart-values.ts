import { fieldMarks } from './field-marks.js';

/** The findings in `--set a.b=c,d=e` of a Helm command line: the field that a value goes to decides, whatever the chart. */
export const chartValueMarks = (words: readonly string[]): string[] => {
  const pairs = words.flatMap((word, index) => {
    const attached = /^--set(?:-string|-json|-literal)?=(.*)$/s.exec(word)?.[1];
    const given = attached ?? (/^--set(-string|-json|-literal)?$/.test(word) ? words[index + 1] : undefined);
    return given === undefined ? [] : given.split(/(?<!\\),/);
  });
  return pairs.flatMap((pair) => {
    const [path = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const field = path.split(/(?<!\\)\./).at(-1) ?? '';
    // An image is mostly given as registry, repository and tag apart, so the missing registry tells nothing here.
    return fieldMarks(field, value).filter((mark) => mark !== 'image-from-nowhere' && mark !== 'removes-finalizers');
  });
};
