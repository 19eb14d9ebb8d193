import { SERVICES } from '@inquest/standalone';
import type { TcpProxy, Silence } from '../proxy.js';
import type { Rig } from '../rig.js';
import type { Fault, Victim } from './fault.js';
import { last, type Pace } from './pace.js';

const WAYS: readonly { readonly to: string; readonly proxyOf: (rig: Rig) => TcpProxy }[] = [
  { to: 'Redis', proxyOf: ({ redisProxy }) => redisProxy },
  { to: 'Postgres', proxyOf: ({ postgresProxy }) => postgresProxy },
];

const SILENCES: readonly { readonly what: string; readonly swallow: Silence['swallow'] }[] = [
  { what: 'silent', swallow: 'both' },
  { what: 'silent, requests lost', swallow: 'requests' },
  // The nasty one: what was asked for has happened, and nobody knows.
  { what: 'silent, answers lost', swallow: 'answers' },
];

/** What can happen between services and servers: to all of them, or to all replicas of one service. */
export const networkFaults = (pace: Pace): readonly Fault[] =>
  WAYS.flatMap(({ to, proxyOf }): Fault[] => [
    ...SILENCES.map(({ what, swallow }): Fault => ({
      name: `network to ${to} ${what}`,
      victims: ['network', ...SERVICES],
      run: async (rig, victim, random) => {
        const proxy = proxyOf(rig);
        proxy.silence({ swallow, ...named(victim) });
        try {
          await last(pace.stillMs, random);
        } finally {
          proxy.restore();
        }
      },
    })),
    {
      name: `network to ${to} cut`,
      victims: ['network'],
      run: async (rig, _victim, random) => {
        const proxy = proxyOf(rig);
        proxy.cut();
        try {
          await last(pace.downMs, random);
        } finally {
          proxy.restore();
        }
      },
    },
  ]);

/** Services tell both servers their names. */
const named = (victim: Victim): Pick<Silence, 'of'> => (victim === 'network' ? {} : { of: `inquest-${victim}` });
