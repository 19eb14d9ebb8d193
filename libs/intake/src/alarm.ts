import type { EvidenceItem } from '@inquest/contracts';

/** One alert of any sender, before it is judged, collapsed and cut to the bounds of the contract. */
export interface Alarm {
  readonly source: string;
  readonly state: 'firing' | 'resolved' | 'silenced' | 'ignored' | 'refused';
  /** Why it is not firing. */
  readonly reason?: string;
  readonly title?: string;
  readonly description?: string;
  readonly severity?: string;
  /** Whatever the sender calls the beginning: text or a number. */
  readonly startsAt?: unknown;
  /** As the sender gave it; left out, it is derived from the labels that identify the alert. */
  readonly fingerprint?: string;
  /** Identity: two alarms of one source with equal labels are the same alarm. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that describe but do not identify. */
  readonly extraLabels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly service?: string;
  readonly namespace?: string;
  /** What the body itself brings besides the alert, by dimension. */
  readonly evidence?: readonly DimensionedItem[];
}

export interface DimensionedItem {
  readonly dimension: 'alerts' | 'metrics' | 'logs' | 'traces' | 'topology' | 'kubernetes' | 'changes' | 'history';
  readonly item: Omit<EvidenceItem, 'trusted'> & { trusted?: boolean };
}

export const firing = { state: 'firing' } as const;
