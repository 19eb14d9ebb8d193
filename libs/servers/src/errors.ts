/** A server was found but would not run. Its own last words are in the message. */
export class ServerDidNotStartError extends Error {
  override readonly name = 'ServerDidNotStartError';

  constructor(
    readonly server: string,
    readonly fault: string,
    readonly log: readonly string[],
  ) {
    super([`${server} ${fault}.`, ...log.slice(-12).map((line) => `  ${line}`)].join('\n'));
  }
}

/** One way of getting a server did not work; the next one is tried. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** No way of getting a Redis worked. Waiting does not help; installing one does. */
export class NoRedisError extends Error {
  override readonly name = 'NoRedisError';

  constructor(readonly attempts: readonly { way: string; fault: string }[]) {
    super(
      [
        'No Redis server was found and none could be fetched.',
        ...attempts.map(({ way, fault }) => `  - ${way}: ${fault}`),
        'Do one of these, then run the same command again:',
        '  - Debian, Ubuntu:   sudo apt-get update && sudo apt-get install -y redis-server',
        '  - Fedora, RHEL:     sudo dnf install -y valkey',
        '  - Alpine:           apk add redis',
        '  - Arch:             sudo pacman -S valkey',
        '  - macOS:            brew install redis',
        '  - anywhere:         start Docker, or set REDIS_URL=redis://host:6379 to use a server you have (7.0 or newer).',
      ].join('\n'),
    );
  }
}

/** PostgreSQL refuses to run as root, and this machine offers no other user to run it as. */
export class NoDatabaseUserError extends Error {
  override readonly name = 'NoDatabaseUserError';

  constructor() {
    super(
      'PostgreSQL does not run as root and there is neither a user "postgres" nor a user "nobody" to run it as. ' +
        'Run as an ordinary user, add one (useradd --system postgres), or set DATABASE_URL to a server you have.',
    );
  }
}

/** Another PostgreSQL runs on the same files. Two at once would destroy them. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(
      `The database in ${dataDir} is in use by process ${pid}. Stop the other Inquest first, or set DATABASE_URL to share its database.`,
    );
  }
}
