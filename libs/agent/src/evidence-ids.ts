import { evidenceItems, type EvidenceSnapshot } from '@inquest/contracts';

/** The ids that a claim may cite. */
export const evidenceIdsOf = (snapshot: EvidenceSnapshot): string[] => evidenceItems(snapshot).map(({ item }) => item.id);
