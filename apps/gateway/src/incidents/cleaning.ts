import { DIMENSIONS, emptySnapshot, sha256Json, type EvidenceItem, type Incident } from '@inquest/contracts';
import { cleanEvidenceItem, cleanIdentity, cleanIncident, cleanText, type CleanedItem } from '@inquest/hygiene';
import type { Scenario } from '@inquest/intake';
import { randomUUID } from 'node:crypto';

/** A scenario as it may be kept and shown. */
export interface CleanScenario extends Scenario {
  readonly redactions: number;
  readonly suspicions: readonly Suspicion[];
}

/** An item that reads like instructions, and the ids of the patterns that say so. */
interface Suspicion {
  readonly evidenceId: string;
  readonly patterns: readonly string[];
}

/** Source and fingerprint must stay what they are from request to request and from gateway to gateway, or repeats would open anew. */
const IDENTITY = { salt: 'inquest' } as const;
const TITLE_MAX = 500;
/**
 * Takes the secrets out of what one request brings, before any of it is committed, told or logged. Their marks are salted anew for
 * each request, so that nobody can try out what a mark stands for.
 */
export class Cleaning {
  private readonly salt = randomUUID();
  /** By the item itself: each alert of a storm is evidence for many others. */
  private readonly items = new Map<string, CleanedItem>();

  scenario({ incident, evidence }: Scenario): CleanScenario {
    const cleaned = DIMENSIONS.map((name) => ({ name, items: evidence[name].map((item) => this.item(item)) }));
    const all = cleaned.flatMap(({ items }) => items);
    const snapshot = emptySnapshot();
    for (const { name, items } of cleaned) snapshot[name] = items.map(({ item }) => item);
    return {
      incident: this.incident(incident),
      evidence: snapshot,
      redactions: all.reduce((sum, { redactions }) => sum + redactions, 0),
      suspicions: all.flatMap(({ item, patterns }) => (patterns.length > 0 ? [{ evidenceId: item.id, patterns }] : [])),
    };
  }

  /** One line of the request, as it may be repeated in the answer. */
  text(text: string, charsMax = TITLE_MAX): string {
    return cleanText(text, { salt: this.salt, charsMax }).text;
  }

  fingerprint(fingerprint: string): string {
    return cleanIdentity(fingerprint, IDENTITY);
  }

  private incident(incident: Incident): Incident {
    const { url, ...cleaned } = cleanIncident(incident, { salt: this.salt }, IDENTITY);
    return { ...cleaned, ...(url !== undefined && isWebUrl(url) && { url }) };
  }

  private item(item: EvidenceItem): CleanedItem {
    const key = JSON.stringify(item);
    const known = this.items.get(key) ?? cleanEvidenceItem(item, { salt: this.salt });
    this.items.set(key, known);
    return known;
  }
}

/** It is shown as a link one day; a link of another scheme can run a script or open a program. */
const isWebUrl = (url: string): boolean => /^https?:\/\//i.test(url);

/** What the marks of two requests differ in, though the same secrets stand behind them. */
const SALTED = /(?<=\[REDACTED:[a-z0-9-]{1,40}:)[0-9a-f]{8}(?=\])|(?<=redacted-)[0-9a-f]{32}/g;

/** Equal for equal scenarios, in whatever request they came. A start that was assumed is another one in each. */
export const requestHash = ({ incident, evidence }: Scenario, startAssumed: boolean): string => {
  const compared = [startAssumed ? { ...incident, startsAt: '' } : incident, evidence];
  return sha256Json(JSON.parse(JSON.stringify(compared).replaceAll(SALTED, '')));
};
