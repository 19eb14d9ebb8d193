import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { run } from '../run.js';
import { ServerProcess } from '../server-process.js';
import { findPrometheus, type PrometheusPrograms } from './prometheus-programs.js';

export interface PrometheusOptions {
  /** The configuration file. Default: nothing is scraped. */
  readonly config?: string;
  /** What it is to know from the start, as OpenMetrics with times in seconds; such samples may be of any day. */
  readonly samples?: string;
  readonly programs?: PrometheusPrograms;
}

export interface PrometheusServer {
  readonly url: string;
  readonly programs: PrometheusPrograms;
  stop(): Promise<void>;
}

/**
 * A Prometheus of its own on 127.0.0.1 with temporary files.
 * @throws {UnavailableError} when there is none to be had.
 */
export const startPrometheus = async (options: PrometheusOptions = {}): Promise<PrometheusServer> => {
  const { config = 'scrape_configs: []\n', samples, programs = await findPrometheus() } = options;
  const dir = await mkdtemp(join(tmpdir(), 'inquest-prometheus-'));
  const data = join(dir, 'data');
  try {
    await writeFile(join(dir, 'prometheus.yml'), config);
    if (samples !== undefined) {
      await writeFile(join(dir, 'samples.txt'), samples);
      await run(programs.promtool, ['tsdb', 'create-blocks-from', 'openmetrics', join(dir, 'samples.txt'), data], {
        env: programs.env,
      });
    }
    const port = await freePort();
    const server = await ServerProcess.start({
      ...{ name: 'prometheus', command: programs.prometheus, env: programs.env, cwd: dir, temporaryDir: dir },
      args: [
        ...[
          `--config.file=${join(dir, 'prometheus.yml')}`,
          `--storage.tsdb.path=${data}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        // The samples may be of any day: without this the first compaction would drop what is older than two weeks.
        '--storage.tsdb.retention.time=50y',
      ],
      ready: /Server is ready to receive web requests/,
      readyWithinMs: 30_000,
      stopSignal: 'SIGTERM',
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    };
    return { url: `http://127.0.0.1:${port}`, programs, stop };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
};
