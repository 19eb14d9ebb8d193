import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = [
  'README.md',
  'deploy/README.md',
  'deploy/OPERATIONS.md',
  'deploy/THREAT-MODEL.md',
  'k8s/charts/inquest/README.md',
  'k8s/charts/inquest/RUNBOOK.md',
  'test/bench/README.md',
  'test/crash/README.md',
];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** `[text](target)`, of files of ours and of sections. */
const linksIn = (text: string): string[] => [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => target);

/** Paths in code marks that begin with a folder of this repository: of a file, of a folder, or of a spec without its ending. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:apps|libs|test|k8s|deploy)\/\w[\w./-]+)`/g)].map(([, path = '']) => path);

const exists = (path: string): boolean =>
  ['', '.ts', '.unit.spec.ts', '.int.spec.ts', '.spec.ts'].some((ending) => existsSync(join(ROOT, `${path}${ending}`)));

/** As GitHub and GitLab make them. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('links to what there is', () => {
    const broken = linksIn(text).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files and folders that there are', () => {
    expect(pathsIn(text).filter((path) => !exists(path))).toEqual([]);
  });
});
