import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const NONROOT = 65_532;

/** The files of the image in a folder of their own, read-only as in a container whose root file system is. */
export interface ImageFiles {
  readonly folder: string;
  /** Who a program of the image runs as: the image's own user if we may choose, else we. */
  readonly user: { readonly uid?: number; readonly gid?: number };
  remove(): void;
}

/** As the Dockerfile gathers them; or those of an unpacked image, which INQUEST_IMAGE_FILES names. */
export const imageFiles = (): ImageFiles => {
  const user = process.getuid?.() === 0 ? { uid: NONROOT, gid: NONROOT } : {};
  const given = process.env.INQUEST_IMAGE_FILES;
  if (given) {
    if (!existsSync(given)) throw new Error(`INQUEST_IMAGE_FILES names ${given}, which does not exist.`);
    return { folder: given, user, remove: () => undefined };
  }
  const parent = mkdtempSync(join(tmpdir(), 'inquest-image-'));
  const folder = join(parent, 'app');
  execFileSync(process.execPath, [join(root, 'deploy/image-files.mjs'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  chmodSync(parent, 0o755);
  everyPath(folder, (path, isFolder) => chmodSync(path, isFolder ? 0o555 : 0o444));
  return {
    folder,
    user,
    remove: () => {
      everyPath(folder, (path, isFolder) => isFolder && chmodSync(path, 0o755));
      rmSync(parent, { recursive: true });
    },
  };
};

const everyPath = (path: string, visit: (path: string, isFolder: boolean) => unknown): void => {
  const isFolder = statSync(path).isDirectory();
  if (isFolder) for (const name of readdirSync(path)) everyPath(join(path, name), visit);
  visit(path, isFolder);
};
