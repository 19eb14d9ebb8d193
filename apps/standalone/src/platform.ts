import { postgresFromEnvironment, redisFromEnvironment, type ProvidedServer } from '@inquest/servers';
import { join } from 'node:path';
import { adminEntry, secretIn } from './secrets.js';

export interface PlatformOptions {
  /** Where the servers keep their files, and we our secrets. */
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Told of steps that take long, such as fetching a server. */
  readonly progress: (step: string) => void;
}

/** The servers that every service needs, ready to be used, and how to reach them. */
export interface Platform {
  /** Added to the environment of each service. */
  readonly environment: Readonly<Record<'REDIS_URL' | 'DATABASE_URL' | 'INQUEST_TOKENS' | 'INQUEST_LEDGER_HEADS_FILE', string>>;
  readonly token: string;
  readonly tokenFile: string;
  readonly redis: ProvidedServer;
  readonly postgres: ProvidedServer;
  /** Ends the servers that are ours. */
  stop(): Promise<void>;
}

/** Starts or finds Redis and PostgreSQL, side by side, and brings the record's tables up to date. */
export const startPlatform = async ({ dataDir, environment, progress }: PlatformOptions): Promise<Platform> => {
  const tokenFile = join(dataDir, 'admin-token');
  const token = await secretIn(tokenFile);
  const [redis, postgres] = await bothOrNone(
    redisFromEnvironment({ dataDir: join(dataDir, 'redis'), progress }, environment),
    postgresFromEnvironment({ dataDir: join(dataDir, 'postgres'), progress }, environment),
  );
  const stop = async (): Promise<void> => void (await Promise.allSettled([redis.stop(), postgres.stop()]));
  try {
    const databaseUrl = await migrated(postgres.url, await secretIn(join(dataDir, 'database-password')), environment);
    const tokens = [environment.INQUEST_TOKENS, adminEntry(token)].filter(Boolean).join(',');
    return {
      environment: {
        REDIS_URL: redis.url,
        DATABASE_URL: databaseUrl,
        INQUEST_TOKENS: tokens,
        INQUEST_LEDGER_HEADS_FILE: environment.INQUEST_LEDGER_HEADS_FILE || join(dataDir, 'ledger-heads.jsonl'),
      },
      token,
      tokenFile,
      redis,
      postgres,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** A server that came up while the other one failed is not left running. */
const bothOrNone = async <A extends ProvidedServer, B extends ProvidedServer>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> => {
  const settled = await Promise.allSettled([first, second]);
  const [one, two] = settled;
  if (one.status === 'fulfilled' && two.status === 'fulfilled') return [one.value, two.value];
  for (const server of settled) if (server.status === 'fulfilled') await server.value.stop();
  throw one.status === 'rejected' ? one.reason : two.status === 'rejected' ? two.reason : new Error('unreachable');
};

/**
 * Runs the migrations as owner and returns the URL of the application role. With DATABASE_OWNER_URL given, DATABASE_URL
 * names the application role; with DATABASE_URL alone, or the embedded server, that URL may do both and the role is made.
 */
const migrated = async (url: string, password: string, { DATABASE_OWNER_URL: ownerUrl }: NodeJS.ProcessEnv): Promise<string> => {
  const { migrate } = await import('@inquest/record');
  if (!ownerUrl) return (await migrate(url, { applicationPassword: password })).applicationUrl;
  const application = new URL(url);
  await migrate(ownerUrl, {
    applicationRole: decodeURIComponent(application.username),
    applicationPassword: decodeURIComponent(application.password),
  });
  return url;
};
