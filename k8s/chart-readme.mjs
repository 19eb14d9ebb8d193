/**
 * Writes the chart's README: what stands in README.head.md, then a table of every value, made of the comments of values.yaml.
 *
 *   node k8s/chart-readme.mjs           writes it
 *   node k8s/chart-readme.mjs --check   says by its exit code whether it is up to date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { isMap, isScalar, parseDocument } from 'yaml';

const chart = join(dirname(fileURLToPath(import.meta.url)), 'charts/inquest');

/** The comment above a value; the first one also has the file's own before an empty line. */
const commentOf = (key) => (key.commentBefore ?? '').split('\n\n').at(-1).replaceAll(/^ /gm, '').replaceAll('\n', ' ').trim();

/** A map of values of its own is described value by value; what is written on one line, or is empty, is one value. */
const hasParts = (value) => isMap(value) && !value.flow && value.items.length > 0;

const code = (value) => `\`${JSON.stringify(value)?.replaceAll('|', '\\|') ?? ''}\``;

const rowsOf = (path, map) =>
  map.items
    .flatMap(({ key, value }, index) => {
      const name = [...path, key.value].join('.');
      // yaml keeps the comment above the first key of a map with the map.
      const comment = commentOf(key) || (index === 0 ? commentOf(map) : '');
      if (!comment) throw new Error(`values.yaml: ${name} has no comment above it that says what it is for.`);
      const whole = hasParts(value) && !/resources$/.test(name);
      const rows = whole ? rowsOf([...path, key.value], value) : [];
      return [
        whole ? undefined : `| \`${name}\` | ${code(isScalar(value) ? value.value : value.toJSON())} | ${comment} |`,
        ...rows,
      ];
    })
    .filter(Boolean);

const table = (rows) => ['| value | standard | meaning |', '| --- | --- | --- |', ...rows].join('\n');

const chartReadme = () => {
  const { contents } = parseDocument(readFileSync(join(chart, 'values.yaml'), 'utf8'));
  const single = contents.items.filter(({ value }) => !hasParts(value));
  const sections = contents.items
    .filter(({ value }) => hasParts(value))
    .map(({ key, value }) => `### ${key.value}\n\n${commentOf(key)}\n\n${table(rowsOf([key.value], value))}`);
  const names = `### names\n\n${table(single.map(({ key, value }) => `| \`${key.value}\` | ${code(value.value)} | ${commentOf(key)} |`))}`;
  return (
    [readFileSync(join(chart, 'README.head.md'), 'utf8').trimEnd(), '## Values', names, ...sections, ''].join('\n\n').trimEnd() +
    '\n'
  );
};

const file = join(chart, 'README.md');
const wanted = await format(chartReadme(), { ...(await resolveConfig(file)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (readFileSync(file, 'utf8') !== wanted) {
  process.stderr.write('k8s/charts/inquest/README.md is not what values.yaml says. Run: node k8s/chart-readme.mjs\n');
  process.exitCode = 1;
}
