import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { z } from 'zod';

const oldestNode = '20.19.0';
const Manifest = z.object({
  version: z.string().default('0.0.0'),
  engines: z.object({ node: z.string().optional() }).optional().catch(undefined),
});

/** Every package below a node_modules, nested ones too: one that needs a newer Node is enough to crash. */
const packagesBelow = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const path = join(folder, name);
      if (name.startsWith('@')) return packagesBelow(path);
      const nested = join(path, 'node_modules');
      return [...(existsSync(join(path, 'package.json')) ? [path] : []), ...(existsSync(nested) ? packagesBelow(nested) : [])];
    });

it(`has no dependency, however deep, that declares it cannot run on Node ${oldestNode}`, () => {
  const packages = packagesBelow(join(__dirname, '..', 'node_modules')).filter((path) => !path.includes('/@inquest/'));
  expect(packages.length).toBeGreaterThan(100);
  const unfit = packages.flatMap((path) => {
    const { version, engines } = Manifest.parse(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')));
    return engines?.node && !satisfies(oldestNode, engines.node) ? [`${path}@${version} needs ${engines.node}`] : [];
  });
  expect(unfit).toEqual([]);
});
