import { CreateAgentSessions1795219200001 } from './create-agent-sessions.js';
import { CreateCauseWords1795219200005 } from './create-cause-words.js';
import { CreateControls1795219200006 } from './create-controls.js';
import { CreateIncidents1795219200000 } from './create-incidents.js';
import { CreatePhaseOverrides1795219200003 } from './create-phase-overrides.js';
import { CreatePoisonedEvents1795219200004 } from './create-poisoned-events.js';
import { CreateSessionLedger1795219200002 } from './create-session-ledger.js';

/** Append-only: a change of the schema is a new file at the end, also when it takes back an older one. */
export const MIGRATIONS = [
  CreateIncidents1795219200000,
  CreateAgentSessions1795219200001,
  CreateSessionLedger1795219200002,
  CreatePhaseOverrides1795219200003,
  CreatePoisonedEvents1795219200004,
  CreateCauseWords1795219200005,
  CreateControls1795219200006,
];
