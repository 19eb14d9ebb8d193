import type { Incident } from '@inquest/contracts';
import { bareName, workloadOf } from '../facts/names.js';

/** Labels that name a thing which is none of the usual subjects, e.g. a database without a service. */
const FURTHER_LABELS = ['workload', 'container', 'server', 'cluster', 'datname', 'database'];
const MATCHER = /[{,\s(](?:service|app|workload|deployment|container|job|server)\s{0,2}=\s{0,2}"([a-z0-9][\w.-]{1,120})"/i;

/** Pods count as their workload, so that metrics, spans and lines of one service meet under one name. */
export const serviceNamed = (subject: string): string => workloadOf(bareName(subject));

/** Whose series it is: its own labels, else what the query selected, else what the incident is about; empty when nobody says. */
export const serviceOfSeries = (
  subject: string,
  labels: Readonly<Record<string, string>>,
  query: string,
  incident: Incident,
): string => {
  const label = FURTHER_LABELS.map((name) => labels[name]).find((value) => value !== undefined && value !== '');
  return serviceNamed(subject || (label ?? MATCHER.exec(query.slice(0, 2_000))?.[1] ?? incident.service ?? ''));
};
