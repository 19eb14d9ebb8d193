/**
 * Copies what the image holds into an empty folder: the programs of its apps, the chunks that these reach, the packages that those
 * import as files of their own, and nothing else.
 *
 *   node deploy/image-files.mjs <folder>
 *
 * The standalone app is left out: it fetches servers, which an image with a read-only root has no use for.
 */
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const programs = join(root, 'dist/apps');
const LEFT_OUT = ['standalone', 'chunks'];
/** Found at run time, where no reader of imports can see it: TypeORM's driver, and the pages of the API's documentation. */
const LOADED_BY_NAME = ['pg', 'swagger-ui-dist'];
/** Reports installations to its makers, and does nothing else. */
const UNWANTED = ['@scarf/scarf'];

const target = process.argv[2];
if (!target) throw new Error('Usage: node deploy/image-files.mjs <folder>');
if (existsSync(target) && readdirSync(target).length > 0) throw new Error(`${target} is not empty; name a folder that is.`);
if (!existsSync(join(programs, 'gateway/main.js'))) throw new Error('Nothing is built. Run: node bootstrap.mjs build');

const { name, version, license, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Every file that `file` names and that exists. A text that merely looks like an import costs a file too many, never one too few. */
const reach = (file, reached = new Set()) => {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/["'](\.{1,2}\/[^"'\n]+\.js)["']/g)) {
    const next = join(dirname(file), path);
    if (!relative(programs, next).startsWith('..') && existsSync(next)) reach(next, reached);
  }
  return reached;
};

const importsOf = (file) =>
  [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import|require)\s*\(?\s*["']([^."'\n][^"'\n]*)["']/g)].map(
    ([, found]) => found,
  );

const apps = readdirSync(programs).filter((app) => !LEFT_OUT.includes(app));
const files = new Set(apps.flatMap((app) => [...reach(join(programs, app, 'main.js'))]));
const imported = [...new Set([...files].flatMap(importsOf))].filter((found) => Object.hasOwn(dependencies, found));

/** Packages with all that they depend on, which npm has put beside them: two versions of one would need more care. */
const withDependencies = (names, found = new Set()) => {
  for (const each of names.filter((each) => !found.has(each) && !UNWANTED.includes(each))) {
    found.add(each);
    const folder = join(root, 'node_modules', each);
    if (existsSync(join(folder, 'node_modules'))) throw new Error(`${each} has packages of its own below it; copy those too.`);
    withDependencies(Object.keys(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies ?? {}), found);
  }
  return found;
};
const packages = [...withDependencies([...imported, ...LOADED_BY_NAME])].sort();

for (const file of files)
  for (const path of [file, `${file}.map`])
    if (existsSync(path)) cpSync(path, join(target, 'dist/apps', relative(programs, path)));
for (const path of [...packages.map((each) => join('node_modules', each)), 'LICENSE', 'deploy/health.mjs'])
  cpSync(join(root, path), join(target, path), {
    recursive: true,
    filter: (file) => !/\.(map|d\.[cm]?ts)$|swagger-ui-es-bundle/.test(file),
  });
// Says that the programs are ES modules; no dependency in it is there to be installed.
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name, version, license, type: 'module', private: true }, null, 2)}\n`,
);

process.stdout.write(`${name} ${version}: ${apps.join(', ')}; ${files.size} files; beside them ${packages.join(', ')}\n`);
