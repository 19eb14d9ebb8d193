import type { Role } from '@inquest/contracts';

/** The consumer groups of a session's stream: all who may be asked, and the recorder, who hears everything. */
export const STREAM_GROUPS: Role[] = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'];

/** How all services write sessions. Roles fold the stream, which has every body; only the recorder wants them in its inbox. */
export const STREAM_OPTIONS = { groups: STREAM_GROUPS, byIdAlone: STREAM_GROUPS.filter((group) => group !== 'recorder') };
