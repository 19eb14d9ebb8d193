import type { KnownFault } from '../fault-types.js';

/** The ways in which a service can give itself away. */
export type ChannelName =
  | 'cpu'
  | 'memory'
  | 'io'
  | 'own-time'
  | 'wire-gap'
  | 'call-counts'
  | 'lost-steps'
  | 'new-errors'
  | 'template-rates'
  | 'deviation'
  | 'alert-correlation'
  | 'cluster-events'
  | 'alerted';

/** One thing that was measured and speaks against a service. */
export interface TelemetryFinding {
  channel: ChannelName;
  service: string;
  /** What it adds to the service's score, in the engine's units (roughly nats of log-odds). */
  weight: number;
  /** One sentence with the numbers. */
  statement: string;
  /** Where in the evidence it was seen: a metric's name, an operation, an edge, a log template. */
  pointer: string;
  /** When it was seen, or since when; undefined where nothing has a time. */
  atSeconds?: number;
  /** What kind of failure it is, where it says so itself. */
  faultType?: KnownFault;
  /** Value before and during the incident, where there is one. */
  before?: number;
  during?: number;
}

export interface RankedService {
  service: string;
  score: number;
  /** Probability, 0–1, that this is where it started. */
  confidence: number;
  faultType: KnownFault;
  findings: TelemetryFinding[];
}

/** A change, or the statement that none of them did it. */
export interface RankedChange {
  /** The commit's id, or `none`. */
  id: string;
  score: number;
  reasons: string[];
  /** What it would be, where that is known. */
  faultType?: KnownFault;
}

export interface TelemetryDiagnosis {
  /** Best first; services without any finding come last, so that every service has a place. */
  ranked: RankedService[];
  /** Empty when nobody looked at changes. */
  changes: RankedChange[];
  onset: Onset;
}

export interface Onset {
  atSeconds: number;
  /** 0–1: how far the step stands out; 0 when no step was found and the latest part of the evidence is taken. */
  clarity: number;
}
