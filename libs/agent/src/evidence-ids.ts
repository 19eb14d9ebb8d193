import { evidenceItems, type EvidenceItem, type EvidenceSnapshot, type Incident } from '@inquest/contracts';

/** The ids that a claim may cite. */
export const evidenceIdsOf = (snapshot: EvidenceSnapshot): string[] => evidenceItems(snapshot).map(({ item }) => item.id);

/** What a claim may rest on. */
export interface Grounds {
  readonly ids: ReadonlySet<string>;
  /** Whether the incident, the evidence or one of the rules' candidates speaks of a thing by this name. */
  readonly names: (component: string) => boolean;
}

/** Of a name with several parts, those that single something out: `payments-api`, `db.internal`, `web-0`. */
const PARTICULAR = /[a-z0-9]+(?:[-._][a-z0-9]+)+|[a-z]+\d[a-z0-9]*/g;
const WORDS = /[a-z0-9]{4,}/g;

/**
 * Grounds of a session's claims. A component counts as named when all of it that singles something out stands somewhere in the
 * evidence; one of plain words (`the database`) when one of them does. Candidates are what the rules call things.
 */
export const groundsOf = (snapshot: EvidenceSnapshot, incident: Incident, candidates: readonly string[] = []): Grounds => {
  const text = [JSON.stringify(incident), ...evidenceItems(snapshot).map(({ item }) => textOf(item)), ...candidates]
    .join('\n')
    .toLowerCase();
  const names = (component: string): boolean => {
    const name = component.trim().toLowerCase();
    if (name === '' || text.includes(name)) return name !== '';
    const particular = name.match(PARTICULAR) ?? [];
    if (particular.length > 0) return particular.every((part) => text.includes(part));
    return (name.match(WORDS) ?? []).some((word) => text.includes(word));
  };
  return { ids: new Set(evidenceIdsOf(snapshot)), names };
};

const textOf = ({ title, text = '', json, series = [] }: EvidenceItem): string =>
  [
    title,
    text,
    json === undefined ? '' : JSON.stringify(json),
    ...series.flatMap(({ name, labels }) => [name, ...Object.values(labels)]),
  ].join('\n');
