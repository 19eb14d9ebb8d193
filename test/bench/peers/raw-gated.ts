import type { Contender } from '../contender.js';
import { rawContender } from './raw-gateway.js';

/** The limit: no debate starts before its incident is committed, and no decision is handed out before all its rows are. */
export const rawGated: Contender = rawContender({ key: 'raw', title: 'raw streams, the limit', gated: true });
