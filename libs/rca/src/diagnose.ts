import { ABSTAIN_BELOW, type DiagnosisReport, type EvidenceSnapshot, type Hypothesis, type Incident } from '@inquest/contracts';
import type { Candidate, Diagnosis, Finding, Findings } from './diagnosis.js';
import { clip, quote, unique } from './facts/text.js';
import { RULES } from './rules/index.js';
import { decidingSeries } from './snapshot-telemetry/deciding-series.js';
import { engineOpinion, type EngineOpinion } from './snapshot-telemetry/engine-opinion.js';
import { combine } from './verdict/combine.js';
import { findingOf, setScene, type Scene } from './scene.js';
import { confidenceOf } from './verdict/confidence.js';
import { explainAway, type Weighed } from './verdict/explaining-away.js';
import { healthOf, type Health } from './verdict/health.js';

/** From this confidence a cause forbids calling the system healthy. */
const FAULT_FROM = 0.5;
/** As the Coordinator demands it for "no action". */
const HEALTHY_FROM = 0.8;
const HYPOTHESES_MAX = 10;
const CANDIDATES_MAX = 30;
const FACTS_MAX = 200;

const hypothesisOf = ({ draft, confidence }: Weighed, index: number): Hypothesis => ({
  id: `h${index + 1}`,
  cause: clip(draft.cause, 1_900) || draft.faultType,
  component: clip(draft.component, 290) || 'unknown component',
  category: draft.category,
  faultType: draft.faultType,
  confidence,
  evidenceIds: unique(draft.support.flatMap(({ evidenceIds }) => evidenceIds)).slice(0, 50),
  refutedBy: unique(draft.refute.flatMap(({ evidenceIds }) => evidenceIds)).slice(0, 50),
});

/** One candidate per fault and component; the likelier of two stays. */
const distinct = (weighed: readonly Weighed[]): Weighed[] => {
  const byKey = new Map<string, Weighed>();
  for (const entry of weighed) {
    const key = `${entry.draft.faultType}\u0000${entry.draft.component}`;
    const known = byKey.get(key);
    if (known === undefined || known.confidence < entry.confidence) byKey.set(key, entry);
  }
  return [...byKey.values()];
};

const rank = (scene: Scene, opinion: EngineOpinion): Weighed[] => {
  const rules = RULES.flatMap((rule) => rule(scene)).map((draft) => ({ draft, confidence: confidenceOf(draft, scene) }));
  return explainAway(distinct(combine(distinct(rules), opinion, scene))).sort(
    (a, b) =>
      Number(a.explainedBy !== undefined) - Number(b.explainedBy !== undefined) ||
      b.confidence - a.confidence ||
      b.draft.support.length - a.draft.support.length ||
      a.draft.faultType.localeCompare(b.draft.faultType) ||
      a.draft.component.localeCompare(b.draft.component),
  );
};

const candidateOf = (weighed: Weighed, index: number): Candidate => ({
  hypothesis: hypothesisOf(weighed, index),
  rule: weighed.draft.rule,
  supportedBy: weighed.draft.support,
  refutedBy: weighed.draft.refute,
  wouldRefute: weighed.draft.wouldRefute,
  ...(weighed.explainedBy === undefined ? {} : { explainedBy: weighed.explainedBy }),
});

const gapsOf = ({ facts }: Scene): Finding[] =>
  facts.gaps.map(({ id, title, why }) => ({ kind: 'gap', subject: title, statement: quote(why, 200), evidenceIds: [id] }));

const missingOf = (scene: Scene): string[] =>
  unique(
    scene.facts.gaps
      .filter(({ why }) => why !== 'no data' && why !== 'empty')
      .map(({ title, why }) => clip(`${quote(title, 200) || 'A tool'} failed: ${quote(why, 200)}`, 480)),
  ).slice(0, 20);

const findingsOf = (scene: Scene, weighed: readonly Weighed[], health: Health, opinion: EngineOpinion): Findings => ({
  facts: [...weighed.flatMap(({ draft }) => draft.support), ...scene.sightings.filter(({ past }) => past).map(findingOf)].slice(
    0,
    FACTS_MAX,
  ),
  candidates: weighed.slice(0, CANDIDATES_MAX).map(candidateOf),
  signsOfHealth: health.signs,
  gaps: gapsOf(scene),
  ...(opinion.view && { telemetry: opinion.view }),
  ...(opinion.changes && { changes: opinion.changes }),
  series: decidingSeries(weighed, opinion.telemetry.series),
});

const runnerUp = (weighed: readonly Weighed[]): string => {
  const others = weighed.slice(1, 3).filter(({ confidence }) => confidence >= 0.2);
  return others.length === 0
    ? ''
    : ` Considered next: ${others.map(({ draft, confidence }) => `${draft.rule} at ${draft.component} (${confidence})`).join(', ')}.`;
};

/** Other troubles in the logs that the chosen cause does not rest on: a reader of the logs would mention them. */
const alsoLogged = (scene: Scene, best: Weighed): string => {
  const told = best.draft.cause;
  const others = scene.sightings.filter(
    ({ past, sources, pattern, subject, text }) =>
      !past &&
      sources.includes('log') &&
      pattern !== 'error_level' &&
      scene.relevance(subject) >= 0 &&
      !told.includes(quote(text, 60)),
  );
  const texts = unique(others.map(({ text }) => quote(text, 190)));
  return texts.length === 0
    ? ''
    : ` The logs also show: ${texts
        .slice(0, 4)
        .map((text) => `“${text}”`)
        .join(' ')}`;
};

const reportOf = (scene: Scene, weighed: readonly Weighed[], health: Health, { changes }: EngineOpinion): DiagnosisReport => {
  const best = weighed[0];
  const confidence = best?.confidence ?? 0;
  const missingEvidence = missingOf(scene);
  const ofChanges = changes?.verdict === 'none' ? ` ${changes.statement}` : '';
  // What is over, or what the sender itself calls fine, must not be blamed on the strength of old traces.
  const cleared = scene.mood === 'all-clear' && confidence < HEALTHY_FROM;
  if (health.confidence >= HEALTHY_FROM && (confidence < FAULT_FROM || cleared)) {
    return {
      healthy: true,
      abstained: false,
      hypotheses: [],
      confidence: health.confidence,
      summary: clip(health.summary, 3_900),
      missingEvidence,
    };
  }
  const hypotheses = weighed.slice(0, HYPOTHESES_MAX).map(hypothesisOf);
  if (best === undefined || confidence < ABSTAIN_BELOW) {
    const failed =
      missingEvidence.length > 0 ? ` ${missingEvidence.length} tools failed: ${clip(missingEvidence.join('; '), 1_200)}.` : '';
    const what = scene.facts.usable.length === 0 ? 'There is no usable evidence.' : 'The evidence does not name a cause.';
    return {
      healthy: false,
      abstained: true,
      hypotheses,
      confidence,
      summary: clip(`${what} More is needed before anybody acts.${failed}${ofChanges}`, 3_900),
      missingEvidence,
    };
  }
  return {
    healthy: false,
    abstained: false,
    hypotheses,
    confidence,
    summary: clip(`${best.draft.cause}${runnerUp(weighed)}${ofChanges}${alsoLogged(scene, best)}`, 3_900),
    missingEvidence,
  };
};

/**
 * States what broke: rules over facts, and a comparison of what was measured at each service, together. Pure, deterministic, linear in
 * the size of the evidence (at most 600 000 characters of it are read). Evidence is untrusted text; no input makes it throw.
 */
export const diagnose = (snapshot: EvidenceSnapshot, incident: Incident): Diagnosis => {
  const scene = setScene(snapshot, incident);
  const opinion = engineOpinion(snapshot, scene);
  const weighed = rank(scene, opinion);
  const health = healthOf(scene);
  return { report: reportOf(scene, weighed, health, opinion), findings: findingsOf(scene, weighed, health, opinion) };
};
