import type { Action, ActionPlan, ActionVerdict, EvidenceSnapshot, Incident, ReviewVerdict, RuleHit } from '@inquest/contracts';
import { blastRadius, REJECT_ABOVE, REVISION_ABOVE, sumOf, term, type Radius } from './blast-radius.js';
import { entitiesOf, type Entities } from './entities.js';
import { judgeCommand, strictestOf, toHit, type CommandVerdict } from './judge-command.js';
import { mismatches } from './match-action.js';
import { BUILT_IN_RULES, type SafetyRules } from './operator-rules/safety-rules.js';
import { RULES_VERSION } from './rules-version.js';

const HITS_MAX = 50;

/**
 * Judges every action of a plan anew, from its rendered command and the evidence, whatever the plan claims of itself; the
 * overall judgement is the strictest. Pure; needs `ready()` to have resolved, else plans with SQL only get a revision.
 */
export const judgePlan = (
  plan: ActionPlan,
  snapshot: EvidenceSnapshot,
  incident: Incident,
  rules: SafetyRules = BUILT_IN_RULES,
): ReviewVerdict => {
  if (plan.actions.length === 0)
    return {
      judgement: 'NOTHING_TO_JUDGE',
      rulesJudged: true,
      actions: [],
      blastRadius: 0,
      summary: 'The plan is empty: there is nothing to judge.',
    };
  const entities = entitiesOf(snapshot, incident);
  const actions = plan.actions.map((action) => judgeAction(action, entities, rules));
  const radius = Math.min(
    100,
    actions.reduce((sum, { blastRadius: own }) => sum + own, 0),
  );
  const overall = strictestOf([...actions.flatMap(({ hits }) => hits), ...radiusHits(radius, 'The plan as a whole')]);
  return {
    judgement: overall,
    rulesJudged: true,
    actions,
    blastRadius: radius,
    summary: summaryOf(overall, actions, radius, rules),
  };
};

/** One action by rules, evidence and radius. */
export const judgeAction = (action: Action, entities: Entities, rules: SafetyRules = BUILT_IN_RULES): ActionVerdict => {
  const { hits, radius } = action.command.trim() === '' ? judgeWords(action, rules) : judgeTyped(action, entities, rules);
  const all = [...hits, ...undoHits(action, rules), ...radiusHits(radius.points, 'The action')];
  // The strictest must not be what the bound cuts off.
  const shown = [...all].sort((a, b) => Number(b.judgement === 'REJECT') - Number(a.judgement === 'REJECT')).slice(0, HITS_MAX);
  return { actionId: action.id, judgement: strictestOf(all), hits: shown, blastRadius: radius.points, radiusTerms: radius.terms };
};

const judgeTyped = (action: Action, entities: Entities, rules: SafetyRules): { hits: RuleHit[]; radius: Radius } => {
  const verdict = judgeCommand(action.command, rules);
  const differences = mismatches(action, verdict.reading, entities);
  const own = blastRadius(verdict.reading, { entities, hasUndo: action.undo !== null, rules });
  const radius =
    differences.length > 0 ? sumOf([...own.terms, term('free-text', 15, 'the command is not what the typed action says')]) : own;
  return { hits: [...verdict.hits, ...differences], radius };
};

/** A step in words runs nothing here; but commands quoted in it are what a person will type. */
const judgeWords = (action: Action, rules: SafetyRules): { hits: RuleHit[]; radius: Radius } => {
  const radius = sumOf([term('by-hand', 10, 'a person decides how far it reaches')]);
  if (action.tool !== 'manual') {
    return {
      hits: [
        {
          ruleId: 'no-command',
          judgement: 'REQUEST_REVISION',
          reason: `The action says ${action.tool} but has no command to judge.`,
          from: 'rules',
        },
      ],
      radius,
    };
  }
  const quoted = [...`${action.verb}\n${action.description}`.matchAll(/`{1,3}([^`]{2,2000})`{1,3}/g)].map(([, command = '']) =>
    judgeCommand(command, rules),
  );
  return { hits: quoted.flatMap(rejectionsOf), radius };
};

const rejectionsOf = ({ hits }: CommandVerdict): RuleHit[] => hits.filter(({ judgement }) => judgement === 'REJECT');

/** The way back is a command too, and nobody looks at it when it is needed. */
const undoHits = ({ undo }: Action, rules: SafetyRules): RuleHit[] =>
  undo === null || undo.command.trim() === ''
    ? []
    : rejectionsOf(judgeCommand(undo.command, rules)).map((hit) => ({
        ...hit,
        ruleId: `undo-${hit.ruleId}`,
        reason: `The undo: ${hit.reason}`.slice(0, 1_000),
      }));

const radiusHits = (points: number, subject: string): RuleHit[] => {
  if (points > REJECT_ABOVE)
    return [
      toHit({
        rule: {
          id: 'radius-over-80',
          judgement: 'REJECT',
          reason: `${subject} has a blast radius of ${points}, over ${REJECT_ABOVE}.`,
          reference: '',
          match: () => undefined,
        },
        because: '',
      }),
    ];
  if (points > REVISION_ABOVE)
    return [
      toHit({
        rule: {
          id: 'radius-over-50',
          judgement: 'REQUEST_REVISION',
          reason: `${subject} has a blast radius of ${points}, over ${REVISION_ABOVE}.`,
          reference: '',
          match: () => undefined,
        },
        because: '',
      }),
    ];
  return [];
};

const summaryOf = (overall: string, actions: readonly ActionVerdict[], radius: number, { version }: SafetyRules): string => {
  const hit = [...new Set(actions.flatMap(({ hits }) => hits.map(({ ruleId }) => ruleId)))];
  return `${overall} with a blast radius of ${radius}${hit.length > 0 ? `, for ${hit.slice(0, 12).join(', ')}` : '; no rule objects'}.${version === RULES_VERSION ? '' : ` Judged by ${version}.`}`;
};
