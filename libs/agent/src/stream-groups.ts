import type { Role } from '@inquest/contracts';

/** The consumer groups of a session's stream: all who may be asked, and the recorder, who hears everything. */
export const STREAM_GROUPS: Role[] = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'];
