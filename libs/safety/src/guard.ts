import { EvidenceSnapshot, Incident, type RuleHit } from '@inquest/contracts';
import { blastRadius, REJECT_ABOVE, REVISION_ABOVE, type Radius } from './blast-radius.js';
import type { CommandReading } from './commands/read-command.js';
import { entitiesOf, type Entities } from './entities.js';
import { BUILT_IN_RULES, type SafetyRules } from './operator-rules/safety-rules.js';
import { judgeCommand, judgeSql, strictestOf, type CommandVerdict } from './judge-command.js';

/** What HARD_RULES and the blast radius together say about a text that comes without evidence. */
export interface GuardVerdict {
  readonly decision: CommandVerdict['judgement'];
  /** Strictest first. */
  readonly hits: RuleHit[];
  readonly radius: Radius;
  readonly reading: CommandReading;
}

/** Judges one command line or SQL text on its own. Pure; SQL needs `ready()` to have resolved, else it gets a revision. */
export const guard = (kind: 'command' | 'sql', text: string, rules: SafetyRules = BUILT_IN_RULES): GuardVerdict => {
  const verdict = kind === 'sql' ? judgeSql(text, rules) : judgeCommand(text, rules);
  const radius = blastRadius(verdict.reading, { entities: withoutEvidence(), hasUndo: null, rules });
  const hits = [...verdict.hits, ...radiusHits(radius.points)];
  return { decision: strictestOf(hits), hits, radius, reading: verdict.reading };
};

const radiusHits = (points: number): RuleHit[] => {
  if (points <= REVISION_ABOVE) return [];
  const over = points > REJECT_ABOVE ? REJECT_ABOVE : REVISION_ABOVE;
  return [
    {
      ruleId: `radius-over-${over}`,
      judgement: points > REJECT_ABOVE ? 'REJECT' : 'REQUEST_REVISION',
      reason: `It has a blast radius of ${points}, over ${over}.`,
      from: 'rules',
    },
  ];
};

let none: Entities | undefined;

const withoutEvidence = (): Entities =>
  (none ??= entitiesOf(
    EvidenceSnapshot.parse({}),
    Incident.parse({ source: 'guard', fingerprint: 'guard', title: 'no incident', startsAt: '1970-01-01T00:00:00Z' }),
  ));
