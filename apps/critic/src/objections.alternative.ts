import type { Hypothesis } from '@inquest/contracts';
import { bodyOf, candidateFor, percent, type Argument, type Brief, type Objection } from './objections.brief.js';

const CLOSE = 0.1;
const ONSET_WINDOW_MS = 2 * 3_600_000;

/** What else explains this evidence? Runner-up causes, changes close to the onset, other components that fail. */
export const alternatives = (brief: Brief): Argument => {
  const { diagnosis, chosen } = brief;
  if (diagnosis.healthy) return healthyAlternatives(brief);
  if (!chosen) return { answer: 'No cause was named, so every cause is still open.', evidenceIds: [], objections: [] };
  const rivals = diagnosis.hypotheses.filter(({ id }) => id !== chosen.id);
  const changes = changesNearOnset(brief).filter(({ id }) => !chosen.evidenceIds.includes(id));
  const others = otherComponents(brief, [chosen, ...rivals]);
  const answers = [
    ...rivals.slice(0, 3).map((rival) => `${rival.id}: ${rival.cause} (${percent(rival.confidence)})`),
    ...changes.slice(0, 3).map(({ title }) => `a change shortly before: ${title}`),
    ...others.slice(0, 3).map(({ hypothesis }) => `trouble in ${hypothesis.component}: ${hypothesis.cause}`),
  ];
  return {
    answer:
      answers.length > 0
        ? `Also possible: ${answers.join('; ')}.`
        : 'Nothing else in the evidence explains it: no second cause was found, no change close to the onset, no other component failing.',
    evidenceIds: [...rivals.flatMap(({ evidenceIds }) => evidenceIds), ...changes.map(({ id }) => id)],
    objections: diagnosis.abstained
      ? []
      : [
          ...rivals.flatMap((rival) => rivalry(chosen, rival)),
          ...passedOver(brief, chosen),
          ...changeObjection(chosen, changes),
          ...otherObjection(chosen, others),
        ],
  };
};

const rivalry = (chosen: Hypothesis, rival: Hypothesis): Objection[] => {
  const gap = chosen.confidence - rival.confidence;
  if (gap > CLOSE + 1e-9) return [];
  // Two names for the same trouble in the same place ask for the same remedy.
  const sameTrouble = rival.component === chosen.component && rival.category === chosen.category;
  return [
    {
      severity: sameTrouble ? 'minor' : 'major',
      attacks: 'diagnosis',
      claim: chosen.cause,
      argument: `${rival.id} (${rival.cause}) is nearly as likely: ${percent(rival.confidence)} against ${percent(chosen.confidence)}.`,
      evidenceIds: rival.evidenceIds,
    },
  ];
};

/** A cause that the engine finds at least about as likely, and that the diagnosis does not mention at all. */
const passedOver = ({ diagnosis, findings }: Brief, chosen: Hypothesis): Objection[] => {
  const own = candidateFor({ ...(findings && { findings }) }, chosen);
  const sure = own?.hypothesis.confidence ?? chosen.confidence;
  const left = (findings?.candidates ?? []).find(
    ({ hypothesis: { component, faultType, confidence }, explainedBy }) =>
      explainedBy === undefined &&
      confidence > sure - CLOSE &&
      component !== chosen.component &&
      !diagnosis.hypotheses.some((named) => named.component === component && named.faultType === faultType),
  );
  return left === undefined
    ? []
    : [
        {
          severity: 'major',
          attacks: 'diagnosis',
          claim: chosen.cause,
          argument:
            `It passes over what the numbers and rules find ${own === undefined ? 'likely' : 'as likely'} (${percent(left.hypothesis.confidence)}): ${left.hypothesis.cause}` +
            `${left.supportedBy[0] === undefined ? '' : ` ${left.supportedBy[0].statement}`}`,
          evidenceIds: left.hypothesis.evidenceIds,
        },
      ];
};

const changesNearOnset = ({ snapshot, incident }: Brief): { id: string; title: string }[] => {
  const onset = Date.parse(incident.startsAt);
  return snapshot.changes
    .filter(({ status }) => status === 'ok' || status === 'truncated')
    .filter((item) => {
      const times = [
        ...bodyOf(item)
          .slice(0, 20_000)
          .matchAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/g),
      ].map(([time]) => Date.parse(time.replace(' ', 'T')));
      const dated = times.filter((time) => !Number.isNaN(time));
      return dated.length > 0 && dated.some((time) => time <= onset && onset - time <= ONSET_WINDOW_MS);
    })
    .map(({ id, title }) => ({ id, title }));
};

const changeObjection = (chosen: Hypothesis, changes: readonly { id: string; title: string }[]): Objection[] =>
  changes.length === 0
    ? []
    : [
        {
          severity: 'minor',
          attacks: 'diagnosis',
          claim: chosen.cause,
          argument: `Something was changed less than two hours before the onset and the diagnosis does not weigh it: ${changes
            .map(({ title }) => title)
            .slice(0, 3)
            .join('; ')}.`,
          evidenceIds: changes.map(({ id }) => id),
        },
      ];

const otherComponents = ({ findings }: Brief, named: readonly Hypothesis[]) =>
  (findings?.candidates ?? []).filter(
    ({ hypothesis, explainedBy }) =>
      explainedBy === undefined && !named.some(({ component }) => component === hypothesis.component),
  );

const otherObjection = (chosen: Hypothesis, others: ReturnType<typeof otherComponents>): Objection[] => {
  const [first] = others;
  return first
    ? [
        {
          severity: 'minor',
          attacks: 'diagnosis',
          claim: `${chosen.component} is where it is broken.`,
          argument: `${first.hypothesis.component} is in trouble too, and the diagnosis does not say how the two hang together.`,
          evidenceIds: first.hypothesis.evidenceIds,
        },
      ]
    : [];
};

const healthyAlternatives = ({ diagnosis, findings }: Brief): Argument => {
  const [candidate] = findings?.candidates ?? [];
  return {
    answer: candidate
      ? `It may be ${candidate.hypothesis.cause} after all (${percent(candidate.hypothesis.confidence)}).`
      : `The alert may tell of trouble that has passed, or that is not in the evidence. ${diagnosis.summary}`.trim(),
    evidenceIds: candidate?.hypothesis.evidenceIds ?? [],
    objections: [],
  };
};
