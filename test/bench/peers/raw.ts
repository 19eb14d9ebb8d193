import type { Contender } from '../contender.js';
import { rawContender } from './raw-gateway.js';

/** Without Inquest's two promises: nothing is committed before a debate starts, and a decision may be read before it is on record. */
export const raw: Contender = rawContender({ key: 'rawUngated', title: 'raw streams, promising nothing', gated: false });
