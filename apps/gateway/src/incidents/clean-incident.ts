import type { Incident } from '@inquest/contracts';
import { redact, redactValue } from '@inquest/hygiene';

const cleaned = (text: string, max: number): string => redact(text).text.slice(0, max).toWellFormed();

/** By key and value: what stands under `password` is a secret whatever it looks like. */
const cleanedMap = (map: Readonly<Record<string, string>>): Record<string, string> => {
  const redacted = new Map(Object.entries(redactValue(map) ?? {}));
  return Object.fromEntries(Object.keys(map).map((key) => [key, textOf(redacted.get(key)).slice(0, 4_000).toWellFormed()]));
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The incident without the secrets that people put into alert texts. Identity and times stay as they are. */
export const cleanIncident = (incident: Incident): Incident => ({
  ...incident,
  title: cleaned(incident.title, 500),
  description: cleaned(incident.description, 8_000),
  labels: cleanedMap(incident.labels),
  annotations: cleanedMap(incident.annotations),
  ...(incident.url !== undefined && { url: cleaned(incident.url, 2_000) }),
});
