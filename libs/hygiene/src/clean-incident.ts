import type { Incident } from '@inquest/contracts';
import { cleanIdentity } from './clean-identity.js';
import { cleanRecord } from './clean-record.js';
import { cleanText } from './clean-text.js';
import type { RedactOptions } from './redact.js';

/**
 * The incident as its sender described it, without secrets: every text that a sender chooses, names and identity included.
 * Times and severity have no room for one.
 */
export const cleanIncident = (incident: Incident, options: RedactOptions = {}): Incident => {
  const cleaned = (text: string, charsMax: number): string => cleanText(text, { ...options, charsMax }).text;
  const { service, namespace, url } = incident;
  return {
    ...incident,
    source: cleaned(incident.source, 60) || 'unknown',
    fingerprint: cleanIdentity(incident.fingerprint, options),
    title: cleaned(incident.title, 500) || 'untitled',
    description: cleaned(incident.description, 8_000),
    ...(service !== undefined && { service: cleaned(service, 300) || 'unnamed' }),
    ...(namespace !== undefined && { namespace: cleaned(namespace, 300) || 'unnamed' }),
    labels: cleanRecord(incident.labels, options, 300, 4_000),
    annotations: cleanRecord(incident.annotations, options, 300, 4_000),
    ...(url !== undefined && { url: cleaned(url, 2_000) }),
  };
};
