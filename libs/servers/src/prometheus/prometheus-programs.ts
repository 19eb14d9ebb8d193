import { join } from 'node:path';
import { packageFromApt } from '../package-from-apt.js';
import { onPath, run } from '../run.js';

/** Prometheus and its tool, where they can be run here. */
export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * From PATH, else out of the distribution's package.
 * @throws {UnavailableError} when there is no way to them.
 */
export const findPrometheus = async (progress?: (step: string) => void): Promise<PrometheusPrograms> => {
  const [prometheus, promtool] = await Promise.all([onPath('prometheus'), onPath('promtool')]);
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool, env: process.env };
  return packageFromApt({
    ...{ name: 'prometheus', place: 'prometheus', ...(progress && { progress }) },
    use: async ({ root, env }) => {
      const of = (name: string): string => join(root, 'usr', 'bin', name);
      await run(of('prometheus'), ['--version'], { env, timeoutMs: 10_000 });
      return { prometheus: of('prometheus'), promtool: of('promtool'), env };
    },
  });
};
