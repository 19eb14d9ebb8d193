import { diagnose } from '../index.js';
import { incident, snapshot, type Piece } from './builders.js';

/** One failure as its evidence shows it, and what must be said of it. */
export type Case = [sentence: string, title: string, category: string, faultType: string, mentions: string[], pieces: Piece[]];

/** A pod of workload `web`. */
export const WEB = 'web-7f9dd8b6c4-x7gr9';

/** What is said of a case, in the shape of `expected`. */
export const said = ([, title, , , mentions, pieces]: Case) => {
  const { report, findings } = diagnose(snapshot(...pieces), incident(title));
  const best = report.hypotheses[0];
  return {
    healthy: report.healthy,
    abstained: report.abstained,
    category: best?.category,
    faultType: best?.faultType,
    unmentioned: mentions.filter((term) => !report.summary.toLowerCase().includes(term.toLowerCase())),
    cited: (best?.evidenceIds.length ?? 0) > 0,
    refutable: (findings.candidates[0]?.wouldRefute.length ?? 0) > 0,
  };
};

export const expected = ([, , category, faultType]: Case) => ({
  healthy: false,
  abstained: false,
  category,
  faultType,
  unmentioned: [],
  cited: true,
  refutable: true,
});
