import type { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { ABSTAIN_BELOW } from '@inquest/contracts';
import type {
  Candidate,
  DecidingSeries,
  Diagnosis,
  Finding,
  RankedService,
  TelemetryDiagnosis,
  TelemetryEvidence,
  TelemetryReference,
} from '@inquest/rca';

/** One thing that speaks for or against a candidate. */
export interface Reason {
  /** How it was seen: `cpu`, `wire-gap`, `container_terminated`, … */
  channel: string;
  statement: string;
  /** Evidence items, or, for case files, the metric, operation or template by its name. */
  where: string[];
  /** When it was seen, ISO; of what was measured, when it began. */
  at?: string;
}

export interface ExplainedCandidate {
  component: string;
  faultType: string;
  confidence: number;
  cause: string;
  why: Reason[];
  against: Reason[];
  wouldRefute: string[];
  symptomOf?: string;
}

/** A diagnosis for a person, whether it is of a snapshot or of a case file. */
export interface Explanation {
  title: string;
  verdict: 'cause' | 'healthy' | 'abstained';
  /** Of the first candidate, or of the claim that nothing is wrong. */
  confidence: number;
  summary: string;
  /** Best first; at most 5. */
  candidates: ExplainedCandidate[];
  onset?: string;
  measured: string[];
  missing: string[];
  /** One sentence on whether a change did it. */
  changes?: string;
  missingEvidence: string[];
  series: DecidingSeries[];
}

const CANDIDATES_MAX = 5;
const REASONS_MAX = 6;
/** Less likely services of a case are left out: every service has a place in the engine's list. */
const WORTH_SAYING = 0.02;
const SERIES_MAX = 6;

const iso = (epochMs: number | undefined): string | undefined =>
  epochMs !== undefined && Number.isFinite(epochMs) && Math.abs(epochMs) < 8.64e15 ? new Date(epochMs).toISOString() : undefined;

const reasonOf = ({ kind, statement, evidenceIds, pointer, at }: Finding, onset: string | undefined): Reason => {
  const seen = iso(at) ?? (pointer === undefined ? undefined : onset);
  return {
    channel: kind,
    statement,
    where: pointer === undefined ? evidenceIds : evidenceIds.map((id) => `${id} ${pointer}`),
    ...(seen !== undefined && { at: seen }),
  };
};

const candidateOf = (
  { hypothesis, supportedBy, refutedBy, wouldRefute, explainedBy }: Candidate,
  onset?: string,
): ExplainedCandidate => ({
  component: hypothesis.component,
  faultType: hypothesis.faultType,
  confidence: hypothesis.confidence,
  cause: hypothesis.cause,
  why: supportedBy.slice(0, REASONS_MAX).map((finding) => reasonOf(finding, onset)),
  against: refutedBy.slice(0, REASONS_MAX).map((finding) => reasonOf(finding, onset)),
  wouldRefute,
  ...(explainedBy !== undefined && { symptomOf: explainedBy }),
});

/** The engine and the rules on a snapshot. */
export const explainSnapshot = (
  { incident, evidence }: { incident: Incident; evidence: EvidenceSnapshot },
  diagnose: (snapshot: EvidenceSnapshot, incident: Incident) => Diagnosis,
): Explanation => {
  const { report, findings } = diagnose(evidence, incident);
  const { telemetry, changes } = findings;
  const onset = iso(telemetry?.onsetSeconds === undefined ? undefined : telemetry.onsetSeconds * 1_000);
  return {
    title: incident.title,
    verdict: report.healthy ? 'healthy' : report.abstained ? 'abstained' : 'cause',
    confidence: report.confidence,
    summary: report.summary,
    candidates: findings.candidates.slice(0, CANDIDATES_MAX).map((candidate) => candidateOf(candidate, onset)),
    ...(onset !== undefined && { onset }),
    measured: telemetry?.measured ?? [],
    missing: telemetry?.missing ?? [],
    ...(changes && { changes: changes.statement }),
    missingEvidence: report.missingEvidence,
    series: findings.series.slice(0, SERIES_MAX),
  };
};

export interface TelemetryCase {
  title: string;
  evidence: TelemetryEvidence;
  reference?: TelemetryReference | undefined;
}

/** The engine alone on a case file, which holds nothing that rules could read. */
export const explainCase = (
  { title, evidence, reference }: TelemetryCase,
  diagnoseTelemetry: (evidence: TelemetryEvidence, reference?: TelemetryReference) => TelemetryDiagnosis,
): Explanation => {
  const { ranked, changes, onset: began } = diagnoseTelemetry(evidence, reference);
  const onset = iso(began.atSeconds * 1_000);
  const shown = ranked
    .filter(({ findings, confidence: own }, index) => findings.length > 0 && (index === 0 || own >= WORTH_SAYING))
    .slice(0, CANDIDATES_MAX);
  const [first] = shown;
  const confidence = first?.confidence ?? 0;
  const modalities = {
    metrics: evidence.series.length,
    traces: evidence.spanWindows.length,
    logs: evidence.logs.templates.length,
  };
  const [change] = changes;
  return {
    title,
    verdict: confidence < ABSTAIN_BELOW ? 'abstained' : 'cause',
    confidence,
    summary: '',
    candidates: shown.map((service) => suspectOf(service, onset)),
    ...(onset !== undefined && { onset }),
    measured: Object.entries(modalities).flatMap(([name, amount]) => (amount > 0 ? [name] : [])),
    missing: Object.entries(modalities).flatMap(([name, amount]) => (amount > 0 ? [] : [name])),
    ...(change && { changes: saidOfChange(change.id, change.reasons) }),
    missingEvidence: [],
    series: seriesBehind(shown, evidence),
  };
};

const suspectOf = (
  { service, faultType, confidence, findings }: RankedService,
  onset: string | undefined,
): ExplainedCandidate => ({
  component: service,
  faultType,
  confidence: Math.round(confidence * 100) / 100,
  cause: findings[0]?.statement ?? '',
  why: findings.slice(0, REASONS_MAX).map(({ channel, statement, pointer, atSeconds }) => {
    const at = iso(atSeconds === undefined ? undefined : atSeconds * 1_000) ?? onset;
    return { channel, statement, where: [pointer], ...(at !== undefined && { at }) };
  }),
  against: [],
  wouldRefute: [],
});

const saidOfChange = (id: string, reasons: readonly string[]): string =>
  `${id === 'none' ? 'No change did this' : `${id} fits best`}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}.`;

const seriesBehind = (ranked: readonly RankedService[], { series }: TelemetryEvidence): DecidingSeries[] => {
  const named = ranked
    .slice(0, 3)
    .flatMap(({ service, findings }) =>
      findings.flatMap(({ pointer }) => series.filter((one) => one.service === service && one.metric === pointer)),
    );
  return [...new Set(named)]
    .slice(0, SERIES_MAX)
    .map(({ service, metric, points }) => ({ service, metric, unit: '', points, evidenceId: metric }));
};
