import { AgentSessionEntity } from './agent-session.entity.js';
import { IncidentEntity } from './incident.entity.js';
import { OpenSessionEntity } from './open-session.entity.js';
import { PhaseOverrideEntity } from './phase-override.entity.js';
import { PoisonedEventEntity } from './poisoned-event.entity.js';
import { SessionLedgerEntity } from './session-ledger.entity.js';

export const ENTITIES = [
  AgentSessionEntity,
  IncidentEntity,
  OpenSessionEntity,
  PhaseOverrideEntity,
  PoisonedEventEntity,
  SessionLedgerEntity,
];
