import { z } from 'zod';
import { DeadLettersPage, Phases } from '../gateway-answers.js';
import type { GatewayClient } from '../gateway-client.js';
import { pathOf } from './flags.js';
import { count } from '../render/units.js';
import { dataDirOf, findServer, type CommandContext, type ServerOptions } from '../server.js';
import type { ServerState } from '../state-file.js';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do; empty when there is nothing to do. */
  readonly advice: string;
}

const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail, advice: '' });
const warning = (check: string, detail: string, advice: string): Finding => ({ check, state: 'warning', detail, advice });
const failed = (check: string, detail: string, advice: string): Finding => ({ check, state: 'failed', detail, advice });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Every check, one after the other: the later ones need what the earlier ones found. */
export async function* checks(context: CommandContext, options: ServerOptions): AsyncGenerator<Finding> {
  const { environment } = context.terminal;
  yield nodeVersion(process.versions.node);
  yield model(environment);
  const found = await findServer(context, options);
  if (!found) {
    yield failed(
      'server',
      `none is running on ${dataDirOf(context)}`,
      'Start one with "npm start", or name one with --url or INQUEST_URL.',
    );
    return;
  }
  yield await attempt('server', 'Start it with "npm start", or look at its log.', async () => ready(found.gateway));
  yield await attempt('token', 'Give one with --token or INQUEST_TOKEN.', async () => {
    const { phases } = await found.gateway.json('/v1/phases', Phases);
    const path = pathOf(phases);
    return path === 'debate'
      ? ok('phases', 'both are on: new sessions are debated')
      : warning(
          'phases',
          `new sessions take the path "${path}"`,
          'Switch the debate back on with: npx inquest flags set 2 on --reason …',
        );
  });
  yield await attempt('dead letters', 'Look at them with: npx inquest dead-letters list', () => deadLetters(found.gateway));
  if (found.state) yield* ownServers(found.state);
}

const attempt = async (check: string, advice: string, run: () => Promise<Finding>): Promise<Finding> =>
  run().catch((error: unknown) => failed(check, messageOf(error), advice));

const nodeVersion = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits ? ok('node', version) : failed('node', `${version} is too old`, 'Install Node 20.19 or newer.');
};

const model = (environment: NodeJS.ProcessEnv): Finding =>
  environment.ANTHROPIC_API_KEY && environment.AIOPS_LLM_PROVIDER !== 'none'
    ? ok('model', 'an Anthropic key is set here')
    : warning(
        'model',
        'no key is set here: a server started from this shell answers by rules alone',
        'Set ANTHROPIC_API_KEY to let Claude argue too.',
      );

const Readiness = z.looseObject({ status: z.string() });

const ready = async (gateway: GatewayClient): Promise<Finding> => {
  const { status } = await gateway.json('/readyz', Readiness);
  return status === 'ok'
    ? ok('server', `${gateway.address.url} is ready`)
    : failed('server', `${gateway.address.url} says "${status}"`, 'Look at its log.');
};

const deadLetters = async (gateway: GatewayClient): Promise<Finding> => {
  const { count: amount } = await gateway.json('/v1/dead-letters?limit=1', DeadLettersPage);
  if (amount === 0) return ok('dead letters', 'none');
  return warning(
    'dead letters',
    `${count(amount, 'message')} could not be handled`,
    'Look at them with: npx inquest dead-letters list',
  );
};

/** What can be asked directly, because the server runs here. */
async function* ownServers({ redisUrl, databaseUrl }: ServerState): AsyncGenerator<Finding> {
  yield await attempt(
    'redis',
    'Restart with "npm start"; a server of your own must be 7.0 or newer and must not evict keys.',
    async () => {
      const { checkRedis, closeRedis, connectRedis } = await import('@inquest/streams');
      const redis = connectRedis(redisUrl, { name: 'inquest-doctor', onError: () => undefined });
      try {
        const { flavour, version, maxmemoryPolicy } = await checkRedis(redis);
        return ok('redis', `${flavour} ${version}, ${maxmemoryPolicy}`);
      } finally {
        await closeRedis(redis);
      }
    },
  );
  yield await attempt('postgres', 'Restart with "npm start".', async () => {
    const { openRecord } = await import('@inquest/record');
    const record = await openRecord(databaseUrl, { max: 1, name: 'inquest-doctor', onError: () => undefined });
    try {
      const head = await record.ledger.head();
      return ok(
        'postgres',
        head ? `the ledger has ${count(head.n, 'entry', 'entries')}, the last of ${head.at}` : 'nothing is on record yet',
      );
    } finally {
      await record.close();
    }
  });
}
