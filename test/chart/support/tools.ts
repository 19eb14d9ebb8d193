import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const MODULES = { helm: 'helm.sh/helm/v3/cmd/helm@v3.21.4', kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0' };

/** Where what the tests fetch is kept from one run to the next. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'inquest');

export interface ChartTools {
  readonly helm: string;
  readonly kubeconform: string;
}

/**
 * helm and kubeconform: from PATH, else from our cache, else built into it by Go, which takes minutes once.
 * @returns the reason, as a sentence, where none of that can be done.
 */
export const chartTools = (): ChartTools | string => {
  const missing = () => (Object.keys(MODULES) as (keyof typeof MODULES)[]).filter((name) => !findProgram(name));
  if (missing().length > 0 && !findProgram('go'))
    return `${missing().join(' and ')} are not on PATH, and there is no Go to build them.`;
  const fault =
    missing().length > 0
      ? alone(() =>
          missing()
            .map(build)
            .find((each) => each !== undefined),
        )
      : undefined;
  if (fault !== undefined) return fault;
  return { helm: findProgram('helm') ?? '', kubeconform: findProgram('kubeconform') ?? '' };
};

/** @returns why it could not be built. */
const build = (name: keyof typeof MODULES): string | undefined => {
  process.stderr.write(`  Building ${name} (${MODULES[name]}); this takes minutes, once …\n`);
  const env = { ...process.env, GOBIN: join(CACHE, 'bin') };
  const { status, stderr } = spawnSync('go', ['install', MODULES[name]], { env, encoding: 'utf8' });
  return status === 0 ? undefined : `${name} cannot be built: ${stderr.trim().split('\n').at(-1)}`;
};

const LOCK = join(CACHE, 'chart-tools.lock');
const LOCK_MS_MAX = 15 * 60_000;

/** Jest runs several specs at once, each in a process of its own: the first fetches, and the others wait and find it. */
export const alone = <T>(work: () => T): T => {
  mkdirSync(join(CACHE, 'bin'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(LOCK);
      break;
    } catch {
      const ageMs = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (ageMs > LOCK_MS_MAX) rmSync(LOCK, { recursive: true, force: true }); // Its holder was killed.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    return work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
};

/** On PATH, or in our cache. */
export const findProgram = (program: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), join(CACHE, 'bin')]
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

/** `describe` for what needs the tools; without them the specs are skipped, and the reason is printed. */
export const describeChart = (name: string, body: (tools: ChartTools) => void): void => {
  const tools = chartTools();
  if (typeof tools !== 'string') return describe(name, () => body(tools));
  process.stderr.write(`  Skipped: ${name}. ${tools}\n`);
  describe.skip(name, () => body({ helm: '', kubeconform: '' }));
};
