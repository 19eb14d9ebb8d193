/** Injection tokens of what `PlatformModule` opens for every service. */
export const SERVICE = Symbol('the name of this service');
export const ENVIRONMENT = Symbol('the parsed PlatformEnvironment');
export const LOGGER = Symbol('pino logger of this service');
export const TELEMETRY = Symbol('OpenTelemetry of this process');
export const REDIS = Symbol('Redis connection for writing; never used for blocking reads');
export const RECORD = Symbol('the record in PostgreSQL');
export const FAILPOINTS = Symbol('where tests may kill this process; none in production');
export const AGENT_ROLE = Symbol('the role that this app plays');
