import { z } from 'zod';
import { CritiqueRaised } from './critique-raised.js';
import { DecisionMade, DecisionPackage } from './decision-made.js';
import { DiagnosisReported } from './diagnosis-reported.js';
import { EvidenceSnapshot } from './evidence-snapshot.js';
import { Incident } from './incident.js';
import { PlanProposed } from './plan-proposed.js';
import { SessionFailed } from './session-failed.js';
import { SessionOpened } from './session-opened.js';
import { VerdictGiven } from './verdict-given.js';

const PUBLISHED = {
  'session.opened': SessionOpened,
  'diagnosis.reported': DiagnosisReported,
  'plan.proposed': PlanProposed,
  'verdict.given': VerdictGiven,
  'critique.raised': CritiqueRaised,
  'decision.made': DecisionMade,
  'session.failed': SessionFailed,
  incident: Incident,
  'evidence-snapshot': EvidenceSnapshot,
  'decision-package': DecisionPackage,
} as const;

/** JSON Schema (draft 2020-12) of every message and shared shape, by name; made from the zod schemas. */
export const jsonSchemas = (): Record<string, object> =>
  Object.fromEntries(
    Object.entries(PUBLISHED).map(([name, schema]) => [
      name,
      { $id: `urn:inquest:schema:${name}:1`, ...z.toJSONSchema(schema, { io: 'input' }) },
    ]),
  );
