import type { Category, EvidenceSnapshot } from '@inquest/contracts';
import type { ChangeVerdict, Finding, TelemetryView } from '../diagnosis.js';
import { quote } from '../facts/text.js';
import type { KnownFault } from '../fault-types.js';
import type { Scene } from '../scene.js';
import { diagnoseTelemetry } from '../telemetry-engine/diagnose-telemetry.js';
import { WEIGHTS } from '../telemetry-engine/engine-weights.js';
import type { ChannelName, RankedChange, RankedService, TelemetryFinding } from '../telemetry-engine/telemetry-diagnosis.js';
import { measuredTelemetry, type MeasuredTelemetry, type Modality } from './measured-telemetry.js';

/** A service that the measurements point to. */
export interface Suspect {
  service: string;
  faultType: KnownFault;
  category: Category;
  /** Probability, 0–1, within what was measured. */
  confidence: number;
  findings: Finding[];
}

/** What the engine makes of a snapshot, in terms of its evidence items. */
export interface EngineOpinion {
  view?: TelemetryView;
  /** Likeliest first; empty when too few services were measured for a comparison. */
  suspects: Suspect[];
  changes?: ChangeVerdict;
  telemetry: MeasuredTelemetry;
}

/** The engine's name for "no change did it". */
const NONE = 'none';
/** With fewer there is nothing to compare: a database and its replica are not two services. */
const SERVICES_MIN = 3;
const SUSPECTS_MAX = 5;
const CONFIDENCE_MIN = 0.05;
const FINDINGS_MAX = 6;
/**
 * The engine is calibrated on incidents whose culprit is among what was measured. A snapshot holds what a collector thought of, and
 * there may be no fault at all.
 */
const CULPRIT_MEASURED = 0.9;
const CONFIDENCE_MAX = 0.85;
const MODALITIES: readonly Modality[] = ['metrics', 'traces', 'logs'];

const CATEGORIES: Partial<Record<KnownFault, Category>> = {
  cpu_saturation: 'resource_exhaustion',
  memory_pressure: 'resource_exhaustion',
  io_saturation: 'resource_exhaustion',
  traffic_spike: 'resource_exhaustion',
  oom_killed: 'resource_exhaustion',
  evicted: 'resource_exhaustion',
  slow_dependency: 'dependency_failure',
  dependency_unreachable: 'dependency_failure',
  dns_failure: 'infrastructure',
  node_not_ready: 'infrastructure',
  code_exception: 'code_defect',
  crash_loop: 'code_defect',
  malformed_data: 'data_quality',
  bad_change: 'configuration_error',
  certificate_expired: 'configuration_error',
  image_pull_backoff: 'configuration_error',
};

/** Runs the engine over what the snapshot measured. Pure; a snapshot without any measurement gives no opinion. */
export const engineOpinion = (snapshot: EvidenceSnapshot, scene: Scene): EngineOpinion => {
  const telemetry = measuredTelemetry(snapshot, scene);
  const { evidence, measured, services } = telemetry;
  const looked = changesLookedAt(scene, telemetry);
  if (measured.length === 0 && evidence.changes === undefined)
    return { suspects: [], telemetry, ...(looked && { changes: nothingChanged(looked) }) };
  // Without a series nothing tells of a step; then the incident's own start is the best that is known.
  const startsSeconds = Date.parse(scene.incident.startsAt) / 1_000;
  const options = evidence.series.length === 0 && Number.isFinite(startsSeconds) ? { onsetSeconds: startsSeconds } : {};
  const { ranked, changes, onset } = diagnoseTelemetry(evidence, undefined, options);
  const suspects = services.size < SERVICES_MIN ? [] : suspectsOf(ranked, onset.clarity, telemetry);
  return {
    suspects,
    telemetry,
    ...(measured.length > 0 && {
      view: {
        measured,
        missing: MODALITIES.filter((modality) => !measured.includes(modality)),
        services: services.size,
        ...(Number.isFinite(onset.atSeconds) && { onsetSeconds: onset.atSeconds }),
        onsetClarity: onset.clarity,
        ranked: suspects.map(({ service, confidence }) => ({ service, confidence })),
      },
    }),
    ...(changes.length > 0 ? { changes: verdictOf(changes, telemetry) } : looked && { changes: nothingChanged(looked) }),
  };
};

/** Series that never step away from what they were show no incident, and an alert that names its own service tells nothing new. */
const OF_SERIES: ReadonlySet<ChannelName> = new Set(['cpu', 'memory', 'io', 'deviation', 'alert-correlation', 'alerted']);
const STEP_FROM = 0.1;
/** Below the line of abstention: where one would begin to look. */
const WITHOUT_STEP_MAX = 0.3;

const mostFor = ({ findings }: RankedService, clarity: number): number =>
  clarity < STEP_FROM && findings.every(({ channel }) => OF_SERIES.has(channel)) ? WITHOUT_STEP_MAX : CONFIDENCE_MAX;

const suspectsOf = (ranked: readonly RankedService[], clarity: number, telemetry: MeasuredTelemetry): Suspect[] =>
  ranked
    .slice(0, SUSPECTS_MAX)
    .filter(({ findings }) => findings.some(({ channel }) => channel !== 'alerted'))
    .map((one) => ({
      service: one.service,
      faultType: one.faultType,
      category: CATEGORIES[one.faultType] ?? ('unknown' as const),
      confidence: Math.round(Math.min(mostFor(one, clarity), one.confidence * CULPRIT_MEASURED) * 100) / 100,
      findings: one.findings.slice(0, FINDINGS_MAX).flatMap((finding) => citable(finding, telemetry)),
    }))
    .filter(({ confidence, findings }) => confidence >= CONFIDENCE_MIN && findings.length > 0);

/** A finding that no item of the snapshot can be cited for is no evidence in a debate. */
const citable = (
  { channel, service, statement, pointer, before, during, atSeconds }: TelemetryFinding,
  { sources }: MeasuredTelemetry,
): Finding[] => {
  const evidenceIds = sources.idsFor(service, pointer);
  if (evidenceIds.length === 0) return [];
  const values = {
    ...(before !== undefined && { before }),
    ...(during !== undefined && { during }),
    ...(atSeconds !== undefined && Number.isFinite(atSeconds) && { at: atSeconds * 1_000 }),
  };
  return [
    { kind: channel, subject: service, statement: quote(statement, 300), evidenceIds, pointer: quote(pointer, 200), ...values },
  ];
};

/** Ids of items that looked for changes and found none; undefined when nobody looked. */
const changesLookedAt = (scene: Scene, { changes }: MeasuredTelemetry): string[] | undefined => {
  const empty = scene.facts.gaps.filter(
    ({ id, why }) => scene.dimensionOf(id) === 'changes' && (why === 'no data' || why === 'empty'),
  );
  return changes.length === 0 && empty.length > 0 ? empty.map(({ id }) => id) : undefined;
};

const nothingChanged = (ids: readonly string[]): ChangeVerdict => ({
  considered: 0,
  verdict: 'none',
  reasons: [],
  statement: `No change did this: none is known in the time that was looked at (${ids.slice(0, 3).join(', ')}).`,
});

/** A change that shares nothing with the symptoms and went to nobody who fails has less than this. */
const CONNECTED_FROM = 1;
/** Deployed before the onset to something that fails, with a diff that speaks of what fails. */
const CULPRIT_FROM = WEIGHTS.change.deployedToFailing + WEIGHTS.change.hasDiff + CONNECTED_FROM;

/**
 * Where few changes are known, their words are in all of them and rarity tells nothing: one that went to what fails and speaks of it is
 * then enough, and "none" takes a cause from outside or changes that touch nothing here.
 */
const verdictOf = (ranked: readonly RankedChange[], { changes }: MeasuredTelemetry): ChangeVerdict => {
  const [best] = ranked;
  const likeliest = ranked.find(({ id }) => id !== NONE);
  const change = changes.find(({ id }) => id === likeliest?.id);
  const hasOutsideCause = (ranked.find(({ id }) => id === NONE)?.score ?? 0) > WEIGHTS.change.none;
  const score = likeliest?.score ?? 0;
  const fits = best?.id !== NONE || (!hasOutsideCause && score >= CULPRIT_FROM);
  const verdict = fits ? 'culprit' : hasOutsideCause || score < CONNECTED_FROM ? 'none' : 'open';
  const reasons = ((verdict === 'none' ? best : likeliest)?.reasons ?? []).map((reason) => quote(reason, 200));
  const why = reasons.length > 0 ? `: ${reasons.slice(0, 3).join('; ')}` : '';
  const all = changes.length === 1 ? 'the one change' : `the ${changes.length} changes`;
  const title = change === undefined ? '' : `${change.evidenceId} (${quote(change.title, 80)})`;
  const statements = {
    culprit: `Of ${all} in evidence, ${title} fits best${why}.`,
    none: `None of ${all} in evidence did this${why}.`,
    open: `Whether a change did it is open; of ${all} in evidence ${title} is the closest${why}.`,
  };
  const culprit =
    verdict === 'culprit' && change ? { evidenceId: change.evidenceId, title: quote(change.title, 120) } : undefined;
  return { considered: changes.length, verdict, ...(culprit && { culprit }), reasons, statement: statements[verdict] };
};
