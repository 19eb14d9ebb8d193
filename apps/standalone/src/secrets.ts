import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A secret that is made once per data directory and then stays; its file is for its owner alone. */
export const secretIn = async (file: string): Promise<string> => {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim()) return kept.trim();
  const secret = randomBytes(24).toString('base64url');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
};

/** An entry of INQUEST_TOKENS: the gateway keeps hashes only. */
export const adminEntry = (token: string): string => `local-admin:admin:${createHash('sha256').update(token).digest('hex')}`;
