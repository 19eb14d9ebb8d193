import { SERVICES } from '@inquest/standalone';
import { System } from '../support/system.js';

/** Of `System`. */
export const TOKEN = 'e2e-token';

/** A gateway and a recorder as processes of their own, with bounds so wide that only what is in a body can be refused. */
export const startDoor = (onLine: (name: string, line: string) => void): Promise<System> =>
  System.start({
    onLine,
    replicas: { ...Object.fromEntries(SERVICES.map((service) => [service, 0])), gateway: 1, recorder: 1 },
    env: {
      INQUEST_RATE_PER_MINUTE: '10000000',
      INQUEST_RECORDER_LAG_MS: '600000',
      INQUEST_RECORDER_BACKLOG: '10000000',
      INQUEST_UNOPENED_MAX: '1000000',
      OTEL_TRACES_SAMPLER_ARG: '0',
    },
  });

/** What a gateway says that came to harm, whatever it answered. */
export const isHarm = (line: string): boolean => /unhandled|uncaught|"level":"(error|fatal)"/i.test(line);
