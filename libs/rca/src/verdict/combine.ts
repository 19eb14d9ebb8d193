import type { Finding } from '../diagnosis.js';
import { related } from '../facts/names.js';
import { quote } from '../facts/text.js';
import type { KnownFault } from '../fault-types.js';
import type { Scene } from '../scene.js';
import type { EngineOpinion, Suspect } from '../snapshot-telemetry/engine-opinion.js';
import type { Weighed } from './explaining-away.js';

/** What rules without a name for the failure say: the measurements say more. */
const SYMPTOMS_ONLY: ReadonlySet<KnownFault> = new Set(['anomaly', 'log_errors', 'gateway_errors', 'bad_change']);

/** In log-odds, like the other arguments about a draft. */
const WEIGHT = {
  /** The measurements point to the same place … */
  agrees: 0.3,
  /** … or, though they cover it, to another one. */
  disagrees: -0.35,
  /** Of changes, one fits the symptoms best, or none fits. */
  changeFits: 0.3,
  noChangeFits: -0.7,
};

/** From this confidence the measurements count as an argument for or against what a rule says. */
const SURE_FROM = 0.4;
/** A fact that names the failure comes before numbers that only tell where it hurts. */
const DIRECT_FROM = 0.5;
const BEHIND_DIRECT = 0.05;
const CONFIDENCE_MAX = 0.97;

const moved = (confidence: number, odds: number): number => {
  const bounded = Math.min(0.99, Math.max(0.01, confidence));
  const risen = 1 / (1 + Math.exp(-(Math.log(bounded / (1 - bounded)) + odds)));
  return Math.round(Math.min(CONFIDENCE_MAX, risen) * 100) / 100;
};

const against = (suspect: Suspect): Finding => ({
  kind: 'measured_elsewhere',
  subject: suspect.service,
  statement: `the measurements point to ${suspect.service} instead (${suspect.confidence}): ${suspect.findings[0]?.statement ?? ''}`,
  evidenceIds: suspect.findings[0]?.evidenceIds ?? [],
});

/** A rule's candidate, with what the measurements add to it. */
const judged = (weighed: Weighed, { suspects: [first], telemetry }: EngineOpinion): Weighed => {
  const { draft, confidence } = weighed;
  if (first === undefined || first.confidence < SURE_FROM) return weighed;
  if (related(draft.component, first.service)) {
    if (confidence < DIRECT_FROM) return weighed;
    const support = [...draft.support, ...first.findings.slice(0, 3)];
    return { draft: { ...draft, support }, confidence: moved(confidence, WEIGHT.agrees) };
  }
  const covered = [...telemetry.services].some((service) => related(draft.component, service));
  if (!covered) return weighed;
  return { draft: { ...draft, refute: [...draft.refute, against(first)] }, confidence: moved(confidence, WEIGHT.disagrees) };
};

/** The suspicion against a change, with what was found of all changes. */
const withChangeVerdict = (weighed: Weighed, { changes }: EngineOpinion): Weighed => {
  const { draft, confidence } = weighed;
  if (draft.faultType !== 'bad_change' || changes === undefined || changes.considered === 0) return weighed;
  const { verdict, culprit, statement } = changes;
  if (verdict === 'open') return weighed;
  const finding = { kind: 'change_verdict', subject: draft.component, statement };
  if (culprit === undefined) {
    const refute = [...draft.refute, { ...finding, evidenceIds: [] }];
    return { draft: { ...draft, refute }, confidence: moved(confidence, WEIGHT.noChangeFits) };
  }
  if (!draft.support.some(({ evidenceIds }) => evidenceIds.includes(culprit.evidenceId))) return weighed;
  const support = [...draft.support, { ...finding, evidenceIds: [culprit.evidenceId] }];
  return { draft: { ...draft, support }, confidence: moved(confidence, WEIGHT.changeFits) };
};

const WHERE: Partial<Record<KnownFault, string>> = {
  cpu_saturation: 'uses far more CPU than usual',
  memory_pressure: 'uses far more memory than usual',
  io_saturation: 'is held up by disk input and output',
  slow_dependency: 'is slow to reach: calls to it lose time on the way',
  code_exception: 'breaks off work that it used to finish',
};

const weighedOf = (suspect: Suspect, confidence: number, scene: Scene): Weighed => ({
  confidence,
  draft: {
    rule: 'measurements',
    category: suspect.category,
    faultType: suspect.faultType,
    component: suspect.service,
    cause:
      `${suspect.service} ${WHERE[suspect.faultType] ?? 'behaves unlike before'}, and what else is off can follow from it: ` +
      suspect.findings
        .slice(0, 3)
        .map(({ statement }) => quote(statement, 200))
        .join(' '),
    base: suspect.confidence,
    support: suspect.findings,
    refute: [],
    wouldRefute: [
      `something that ${suspect.service} calls and that began to fail earlier`,
      'the same values at the same hour on other days',
    ],
    explains: [],
    relevance: scene.relevance(suspect.service),
  },
});

/**
 * Rules and measurements as one list. A rule with direct evidence (a container that was OOMKilled) names the failure and comes first;
 * measurements of the same place make it surer, measurements that point elsewhere make it less sure and are named as what speaks
 * against it. Where no rule has a name for the failure, the measurements rank.
 */
export const combine = (rules: readonly Weighed[], opinion: EngineOpinion, scene: Scene): Weighed[] => {
  const standing = rules.map((weighed) => withChangeVerdict(judged(weighed, opinion), opinion));
  const direct = standing.filter(({ draft, confidence }) => !SYMPTOMS_ONLY.has(draft.faultType) && confidence >= DIRECT_FROM);
  const highest = Math.max(0, ...direct.map(({ confidence }) => confidence));
  const own = opinion.suspects
    .filter(({ service }) => !direct.some(({ draft }) => related(draft.component, service)))
    .map((suspect) =>
      weighedOf(
        suspect,
        direct.length > 0
          ? Math.min(suspect.confidence, Math.max(0, Math.round((highest - BEHIND_DIRECT) * 100) / 100))
          : suspect.confidence,
        scene,
      ),
    );
  // Both speak of series that left their level; the comparison between services is the better reading of them.
  const compared = own.some(({ confidence }) => confidence >= SURE_FROM);
  return [...standing.filter(({ draft }) => !(compared && draft.faultType === 'anomaly')), ...own];
};
