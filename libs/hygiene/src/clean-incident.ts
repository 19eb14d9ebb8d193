import type { Incident } from '@inquest/contracts';
import { cleanIdentity } from './clean-identity.js';
import { cleanRecord } from './clean-record.js';
import { cleanText } from './clean-text.js';
import type { RedactOptions } from './redact.js';

/**
 * The incident as its sender described it, without secrets: every text that a sender chooses, names and identity included.
 * Times and severity have no room for one. Source and fingerprint may have a salt of their own, by which repeats are recognised.
 */
export const cleanIncident = (incident: Incident, options: RedactOptions = {}, identity = options): Incident => {
  const cleaned = (text: string, charsMax: number): string => cleanText(text, { ...options, charsMax }).text;
  const { service, namespace, url } = incident;
  return {
    ...incident,
    source: cleanText(incident.source, { ...identity, charsMax: 60 }).text || 'unknown',
    fingerprint: cleanIdentity(incident.fingerprint, identity),
    title: cleaned(incident.title, 500) || 'untitled',
    description: cleaned(incident.description, 8_000),
    ...(service !== undefined && { service: cleaned(service, 300) || 'unnamed' }),
    ...(namespace !== undefined && { namespace: cleaned(namespace, 300) || 'unnamed' }),
    labels: cleanRecord(incident.labels, options, 300, 4_000),
    annotations: cleanRecord(incident.annotations, options, 300, 4_000),
    ...(url !== undefined && { url: cleaned(url, 2_000) }),
  };
};
