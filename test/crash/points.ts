import type { Service } from '@inquest/standalone';

/** What has to happen so that a service comes to a point that no ordinary debate passes. */
export type Stimulus = 'none' | 'poison' | 'misfit' | 'mute' | 'amnesia' | 'flush' | 'slowness' | 'alone';

export interface PlaceToDie {
  readonly service: Service;
  /** The name of a fail point. */
  readonly point: string;
  readonly stimulus: Stimulus;
}

const CONSUME = ['consume:delivered', 'consume:handled', 'consume:acknowledged'];
const PUBLISH = [
  'streams.publish:before',
  'publish:begin',
  'publish:armed',
  'publish:stored',
  'publish:announced',
  'publish:disarmed',
  'streams.publish:after',
];
const FOLD = ['streams.read:before', 'streams.read:after'];
const BURY = ['bury:begin', 'bury:written', 'bury:told'];
const around = (...calls: string[]): string[] => calls.flatMap((call) => [`${call}:before`, `${call}:after`]);

const ROLES: readonly Service[] = ['diagnostician', 'solver', 'reviewer', 'critic'];
const REBUILD = [...around('record.sessions.messages', 'streams.rebuild'), 'rebuild:begin', 'rebuild:done'];

const at = (service: Service, stimulus: Stimulus, points: readonly string[]): PlaceToDie[] =>
  points.map((point) => ({ service, stimulus, point }));

/** Every fail point of every service: publish, answer, record, release, deadline, and acting on a decision. */
export const PLACES: readonly PlaceToDie[] = [
  ...ROLES.flatMap((role) => at(role, 'none', [...CONSUME, ...FOLD, ...PUBLISH])),
  ...at('solver', 'poison', BURY),
  ...at('critic', 'amnesia', REBUILD),
  ...at('coordinator', 'none', [
    ...[...CONSUME, ...FOLD, ...PUBLISH],
    ...around('deadlines.claimDue', 'record.openSessions.due'),
  ]),
  ...at('coordinator', 'mute', around('deadlines.postpone')),
  ...at('coordinator', 'slowness', around('deadlines.arm')),
  ...at('coordinator', 'flush', [...around('streams.wake'), ...REBUILD]),
  ...at('recorder', 'none', [...CONSUME, ...around('record.append', 'streams.wake', 'streams.expire', 'streams.acknowledge')]),
  ...at('recorder', 'poison', BURY),
  ...at('recorder', 'misfit', around('deadLetters.add')),
  ...at('gateway', 'none', [
    ...around('record.flags.get', 'record.incidents.accept', 'record.sessions.end'),
    ...[...PUBLISH, ...CONSUME],
  ]),
  ...at('gateway', 'alone', around('record.incidents.stalled')),
  ...at('gateway', 'poison', BURY),
];

/** The same for the path of the rollback, which is another system as far as its sessions are concerned. */
export const PLACES_OF_SINGLE: readonly PlaceToDie[] = at('single', 'none', [...CONSUME, ...FOLD, ...PUBLISH]);
