import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

/** This library as plain ES modules below node_modules/.cache, for child processes that are to be killed. */
export const compiled = async (): Promise<{ directory: string; remove: () => Promise<void> }> => {
  const directory = join(__dirname, '../../../node_modules/.cache/inquest', `streams-${process.pid}`);
  const files = (await readdir(__dirname, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
  );
  await Promise.all(
    files.map(async (name) => {
      const target = join(directory, name.replace(/\.ts$/, '.js'));
      const { code } = await transformFile(join(__dirname, name), {
        swcrc: false,
        module: { type: 'es6' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true } },
      });
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, code);
    }),
  );
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
};
