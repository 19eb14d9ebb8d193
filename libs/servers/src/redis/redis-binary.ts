import { run } from '../run.js';

/** A Redis (or Valkey) server that can be started here. */
export interface RedisBinary {
  command: string;
  /** What the dynamic linker needs to find the libraries unpacked beside the program. */
  env: NodeJS.ProcessEnv;
  /** For people: where this server comes from. */
  how: string;
  /** Set when `command` is a container engine and the server is in this image. */
  image?: string;
}

/** Says what a first run is doing, since fetching takes seconds. */
export type Progress = (step: string) => void;

/** Throws unless the program runs here and is new enough: a cached copy may have lost a library to a system upgrade. */
export const checked = async (binary: RedisBinary): Promise<RedisBinary> => {
  const printed = await run(binary.command, ['--version'], { env: binary.env, timeoutMs: 10_000 });
  const major = Number(/v=(\d+)\./.exec(printed)?.[1]);
  if (!(major >= 7)) throw new Error(`${binary.command} is ${printed.trim()}; version 7.0 or newer is needed`);
  return { ...binary, how: `${binary.how} (${/v=([\d.]+)/.exec(printed)?.[1]})` };
};
