import { evidenceItems, type EvidenceItem, type Hypothesis } from '@inquest/contracts';
import { bodyOf, candidateFor, itemsById, percent, type Argument, type Brief, type Objection } from './objections.brief.js';
import type { KnownFault } from '@inquest/rca';
import { failureSigns, signatureOf, type ModelsFault } from './objections.signatures.js';

/** What evidence is missing or contradicts? */
export const evidenceGaps = (brief: Brief): Argument => {
  const { diagnosis, chosen } = brief;
  const gaps = gapsOf(brief);
  const contradiction = chosen && !diagnosis.healthy ? contradictions(brief, chosen) : undefined;
  const words = [
    contradiction?.text,
    ...gaps.map(({ text }) => text),
    ...diagnosis.missingEvidence.slice(0, 3).map((missing) => `missing: ${missing}`),
  ].filter((text) => text !== undefined);
  const objections = diagnosis.healthy
    ? healthObjections(brief)
    : chosen && !diagnosis.abstained
      ? [...(contradiction?.objections ?? []), ...supportObjections(brief, chosen), ...gapObjection(chosen.cause, gaps)]
      : [];
  return {
    answer:
      words.length > 0
        ? `${words.join('; ')}.`
        : 'Nothing contradicts it and every question that was asked of the tools was answered.',
    evidenceIds: [...(contradiction?.evidenceIds ?? []), ...gaps.flatMap(({ ids }) => ids)],
    objections,
  };
};

interface Gap {
  readonly text: string;
  readonly ids: string[];
}

const STATUS_WORDS: Partial<Record<EvidenceItem['status'], string>> = {
  error: 'could not be read',
  denied: 'may not be read',
  truncated: 'was cut',
  'no-data': 'returned nothing',
};

const gapsOf = ({ snapshot }: Brief): Gap[] => {
  const byKind = new Map<string, string[]>();
  for (const { dimension, item } of evidenceItems(snapshot)) {
    const words = STATUS_WORDS[item.status];
    if (words === undefined) continue;
    const key = `${dimension} ${words}`;
    byKind.set(key, [...(byKind.get(key) ?? []), item.id]);
  }
  return [...byKind].map(([key, ids]) => ({ text: `part of ${key} (${ids.slice(0, 5).join(', ')})`, ids }));
};

const gapObjection = (claim: string, gaps: readonly Gap[]): Objection[] => {
  const failed = gaps.filter(({ text }) => !text.includes('returned nothing'));
  return failed.length === 0
    ? []
    : [
        {
          severity: 'minor',
          attacks: 'diagnosis',
          claim,
          argument: `The picture is incomplete: ${failed.map(({ text }) => text).join('; ')}.`,
          evidenceIds: failed.flatMap(({ ids }) => ids),
        },
      ];
};

/** Findings that make a cause less likely and do not contradict it: two things may be wrong at once. */
const DOUBTS = new Set(['measured_elsewhere', 'change_verdict']);

/** Evidence that speaks against the chosen cause: what the Diagnostician noted, what the engine found, and a component that is well. */
const contradictions = (
  { snapshot, changesState, findings }: Brief,
  chosen: Hypothesis,
): { text: string; evidenceIds: string[]; objections: Objection[] } | undefined => {
  const well = plainlyWell(snapshot.kubernetes, chosen, itemsById(snapshot, chosen.evidenceIds));
  const found = candidateFor({ ...(findings && { findings }) }, chosen)?.refutedBy ?? [];
  const doubted = new Set(found.filter(({ kind }) => DOUBTS.has(kind)).flatMap(({ evidenceIds }) => evidenceIds));
  const against = itemsById(snapshot, [...chosen.refutedBy, ...found.flatMap(({ evidenceIds }) => evidenceIds)]);
  const refuting = against.filter(({ id }) => !doubted.has(id));
  const ids = [...new Set([...against.map(({ id }) => id), ...(well ? [well.id] : [])])];
  if (ids.length === 0) return undefined;
  const outweighed = refuting.length > 0 && refuting.length >= new Set(chosen.evidenceIds).size;
  const severity =
    (well !== undefined || outweighed) && changesState ? 'critical' : well !== undefined || changesState ? 'major' : 'minor';
  const text = well
    ? `${well.id} shows ${chosen.component} well, and no cited evidence shows the signs of ${chosen.faultType}`
    : `${ids.join(', ')} speak against it${
        found.length > 0
          ? `: ${found
              .map(({ statement }) => statement)
              .slice(0, 3)
              .join('; ')}`
          : ''
      }`;
  return {
    text,
    evidenceIds: ids,
    objections: [
      {
        severity,
        attacks: 'diagnosis',
        claim: chosen.cause,
        argument: `The evidence contradicts it: ${text}.`,
        evidenceIds: ids,
      },
    ],
  };
};

const OUTAGES: ReadonlySet<string> = new Set<KnownFault | ModelsFault>([
  'oom_killed',
  'crash_loop',
  'image_pull_backoff',
  'probe_failure',
  'scaled_to_zero',
  'pending_unschedulable',
  'node_not_ready',
]);

/** The item that shows the component running as wanted, when nothing that was cited shows the fault's own signs. */
const plainlyWell = (
  items: readonly EvidenceItem[],
  { faultType, component }: Hypothesis,
  cited: readonly EvidenceItem[],
): EvidenceItem | undefined => {
  const signature = signatureOf(faultType);
  if (!OUTAGES.has(faultType) || !signature || cited.some((item) => signature.test(bodyOf(item)))) return undefined;
  return items.find((item) => {
    const body = bodyOf(item);
    return (
      item.status === 'ok' &&
      body.includes(component) &&
      !failureSigns.test(body) &&
      /\b(\d+)\/\1\b\s+Running|"ready":\s*"?true|Ready\s+True\b/i.test(body)
    );
  });
};

const supportObjections = ({ snapshot, changesState }: Brief, chosen: Hypothesis): Objection[] => {
  const cited = itemsById(snapshot, chosen.evidenceIds);
  const signature = signatureOf(chosen.faultType);
  const ids = cited.map(({ id }) => id);
  const objections: Objection[] = [];
  const about = { attacks: 'diagnosis', claim: chosen.cause } as const;
  if (cited.length === 0)
    objections.push({
      ...about,
      severity: 'major',
      argument: `No evidence of the snapshot is cited for a confidence of ${percent(chosen.confidence)}.`,
      evidenceIds: [],
    });
  else if (signature && !cited.some((item) => signature.test(seriesToo(item))))
    objections.push({
      ...about,
      severity: 'major',
      argument: `None of the cited evidence shows what ${chosen.faultType} always shows.`,
      evidenceIds: ids,
    });
  if (cited.length > 0 && cited.every(({ trusted }) => !trusted))
    objections.push({
      ...about,
      severity: 'major',
      argument: 'It rests on recalled or supplied evidence alone; nothing was observed now.',
      evidenceIds: ids,
    });
  if (cited.length === 1 && changesState)
    objections.push({ ...about, severity: 'minor', argument: 'It rests on a single piece of evidence.', evidenceIds: ids });
  return objections;
};

const seriesToo = (item: EvidenceItem): string => [bodyOf(item), ...(item.series ?? []).map(({ name }) => name)].join('\n');

/** A firing alert, and things that plainly fail now, contradict a claim of health. Events are history and do not count. */
const healthObjections = ({ diagnosis, snapshot }: Brief): Objection[] => {
  const firing = snapshot.alerts.filter((item) => /\b(firing|alerting|triggered)\b/i.test(bodyOf(item)));
  const failing = [...snapshot.kubernetes, ...snapshot.logs].filter(
    (item) => item.status !== 'error' && !/event/i.test(item.kind ?? item.title) && failureSigns.test(bodyOf(item)),
  );
  if (failing.length === 0 || (firing.length === 0 && snapshot.alerts.length > 0)) return [];
  return [
    {
      severity: 'major',
      attacks: 'diagnosis',
      claim: 'Nothing is wrong.',
      argument: `Something plainly fails: ${failing
        .map(({ id, title }) => `${id} ${title}`)
        .slice(0, 3)
        .join('; ')}.`,
      evidenceIds: [...failing, ...firing].map(({ id }) => id),
    },
    ...(diagnosis.confidence < 0.6 ? [lowConfidence(diagnosis.confidence)] : []),
  ];
};

const lowConfidence = (confidence: number): Objection => ({
  severity: 'minor',
  attacks: 'diagnosis',
  claim: 'Nothing is wrong.',
  argument: `The confidence is only ${percent(confidence)}.`,
  evidenceIds: [],
});
