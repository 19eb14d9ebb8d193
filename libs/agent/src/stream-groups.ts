import type { Role } from '@inquest/contracts';

/** The consumer groups of a session's stream: all who may be asked, and the recorder, who hears everything. */
export const STREAM_GROUPS: Role[] = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'];

/** How all services write sessions. Roles judge all that was said before; the recorder stores one message at a time. */
export const STREAM_OPTIONS = { groups: STREAM_GROUPS, withSession: STREAM_GROUPS.filter((group) => group !== 'recorder') };
