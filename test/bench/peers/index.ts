import { z } from 'zod';
import type { Contender } from '../contender.js';
import { installPeers } from './install.js';
import { nest } from './nest-redis.js';
import { rawGated } from './raw-gated.js';
import { raw } from './raw.js';

export interface Peers {
  readonly contenders: Contender[];
  /** Who cannot take part here, and why. */
  readonly missing: { readonly key: string; readonly reason: string }[];
}

/** Who needs packages of their own: module and the contenders in it, each by name of its export, which is its key. */
const WITH_PACKAGES = { bullmq: ['bullmqGated', 'bullmq'], 'graphile-worker': ['graphile'], langgraph: ['langgraph'] };

/** Everyone Inquest is compared with. Installs what they need, if that is possible. */
export const peers = async (): Promise<Peers> => {
  const contenders: Contender[] = [rawGated, raw, nest];
  const missing: Peers['missing'][number][] = [];
  const { installed, reason = 'its packages could not be installed' } = await installPeers();
  for (const [file, keys] of Object.entries(WITH_PACKAGES)) {
    const loaded = installed ? await load(file, keys) : reason;
    if (typeof loaded === 'string') missing.push(...keys.map((key) => ({ key, reason: loaded })));
    else contenders.push(...loaded);
  }
  return { contenders, missing };
};

const PeerContender = z.custom<Contender>(
  (value) => typeof value === 'object' && value !== null && 'key' in value && 'start' in value,
);

/** The contenders, or why they cannot be loaded. Not a literal path: the compiler would ask for packages that need not be there. */
const load = async (file: string, keys: readonly string[]): Promise<Contender[] | string> => {
  const Module = z.object(Object.fromEntries(keys.map((key) => [key, PeerContender])));
  try {
    return Object.values(Module.parse(await import(`./${file}.js`)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
