import { Incident } from '@inquest/contracts';
import { OPENED_AT_MS } from '@inquest/testing';
import { subjectOf, type Subject } from '../subject.js';

export const ONSET = OPENED_AT_MS;

export const anIncident = (given: Partial<Incident> = {}): Incident =>
  Incident.parse({
    ...{ source: 'alertmanager', fingerprint: 'f-1', title: 'Checkout is slow', startsAt: new Date(ONSET).toISOString() },
    ...{ service: 'checkout', namespace: 'shop' },
    ...given,
  });

/** Ten minutes after its onset. */
export const aSubject = (given: Partial<Incident> = {}): Subject => subjectOf(anIncident(given), ONSET + 600_000);

/** Never ends on its own. */
export const never = (): AbortSignal => new AbortController().signal;
