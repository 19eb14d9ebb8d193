import {
  evidenceItems,
  type ActionPlan,
  type Challenge,
  type DiagnosisReport,
  type EvidenceItem,
  type EvidenceSnapshot,
  type Hypothesis,
  type Incident,
  type ReviewVerdict,
} from '@inquest/contracts';
import type { Candidate, Findings } from '@inquest/rca';

/** Everything that an objection may rest on. */
export interface Brief {
  readonly diagnosis: DiagnosisReport;
  readonly plan: ActionPlan;
  readonly snapshot: EvidenceSnapshot;
  readonly incident: Incident;
  readonly findings?: Findings;
  /** The hypothesis that the plan is for, else the first. */
  readonly chosen: Hypothesis | undefined;
  /** The plan judged anew, for its radius terms. */
  readonly verdict: ReviewVerdict;
  readonly changesState: boolean;
}

export type Objection = Omit<Challenge, 'id' | 'from'>;

/** The answer to one forced question and the challenges that follow from it. */
export interface Argument {
  readonly answer: string;
  readonly evidenceIds: readonly string[];
  readonly objections: readonly Objection[];
}

const BODY_MAX = 100_000;

/** What an item says, as text. */
export const bodyOf = (item: EvidenceItem): string =>
  [item.title, item.text ?? '', item.json === undefined ? '' : JSON.stringify(item.json)].join('\n').slice(0, BODY_MAX);

export const itemsById = (snapshot: EvidenceSnapshot, ids: readonly string[]): EvidenceItem[] => {
  const wanted = new Set(ids);
  return evidenceItems(snapshot).flatMap(({ item }) => (wanted.has(item.id) ? [item] : []));
};

export const percent = (confidence: number): string => `${Math.round(confidence * 100)} %`;

/** The engine's own view of a hypothesis, whoever stated it: what it found for and against the same fault of the same component. */
export const candidateFor = ({ findings }: Pick<Brief, 'findings'>, hypothesis: Hypothesis): Candidate | undefined =>
  findings?.candidates.find(
    ({ hypothesis: own }) => own.component === hypothesis.component && own.faultType === hypothesis.faultType,
  );
