import { WEIGHTS } from '../engine-weights.js';
import type { MeasuredSeries } from '../measured-series.js';
import type { RankedChange } from '../telemetry-diagnosis.js';
import type { ChangeEvidence, CommitEvidence, TelemetryEvidence } from '../telemetry-evidence.js';
import { outsideCauses } from './causes-without-change.js';
import { wordsOf } from './words.js';

const WORRYING = /ERROR|FATAL|WARN|CRITICAL|PANIC|SEVERE/i;

/**
 * Which commit did it, or that none did. A commit gains by what its diff and the symptoms have in common (rare words count more), and
 * by being deployed before the onset to a service that fails. That it is the latest is no reason: most changes near an incident are
 * innocent. `none` gains by signs of causes that nobody changes, and by the absence of any commit that fits.
 */
export const attributeChanges = (
  evidence: TelemetryEvidence,
  changes: ChangeEvidence,
  series: readonly MeasuredSeries[],
  onsetSeconds: number,
): RankedChange[] => {
  const symptoms = symptomLines(evidence);
  const symptomWords = wordsOf(symptoms.join(' '));
  const failing = failingServices(evidence);
  const latest = Math.min(...evidence.alerts.map(({ atSeconds }) => atSeconds), Infinity);
  const until = Number.isFinite(latest) ? latest : onsetSeconds;
  const documents = changes.commits.map((commit) => wordsOf([commit.message, commit.diff, ...commit.files].join(' ')));
  const frequency = new Map<string, number>();
  for (const words of documents) for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const ranked = changes.commits.map((commit, index) =>
    scoreOf(commit, documents[index] ?? new Set(), { symptomWords, frequency, total: documents.length, failing, changes, until }),
  );
  const outside = outsideCauses(symptoms, series);
  const [likeliest] = [...outside].sort((a, b) => b.strength - a.strength);
  const none: RankedChange = {
    id: 'none',
    score: WEIGHTS.change.none + WEIGHTS.change.outside * (likeliest?.strength ?? 0),
    ...(likeliest?.faultType && { faultType: likeliest.faultType }),
    reasons: outside.length > 0 ? outside.map(({ reason }) => reason) : ['no change fits the symptoms well'],
  };
  return [...ranked, none].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
};

const symptomLines = ({ alerts, logs, errorPatterns }: TelemetryEvidence): string[] => [
  ...alerts.map(({ metric, summary }) => `${metric} ${summary}`),
  ...logs.templates.filter(({ level }) => WORRYING.test(level)).map(({ template }) => template),
  ...errorPatterns.map(({ signature }) => signature),
];

const failingServices = ({ alerts, errorPatterns }: TelemetryEvidence): Set<string> =>
  new Set([...alerts.map(({ service }) => service), ...errorPatterns.map(({ service }) => service)]);

interface Context {
  symptomWords: ReadonlySet<string>;
  frequency: ReadonlyMap<string, number>;
  total: number;
  failing: ReadonlySet<string>;
  changes: ChangeEvidence;
  until: number;
}

const scoreOf = (commit: CommitEvidence, words: ReadonlySet<string>, context: Context): RankedChange => {
  const { symptomWords, frequency, total, failing, changes, until } = context;
  const shared = [...words]
    .filter((word) => symptomWords.has(word))
    .map((word) => ({ word, rarity: Math.log((total + 1) / (frequency.get(word) ?? 1)) }))
    .sort((a, b) => b.rarity - a.rarity || (a.word < b.word ? -1 : 1));
  const deploys = changes.deploys.filter(({ commitId, atSeconds }) => commitId === commit.id && atSeconds <= until);
  const deployedToFailing = deploys.find(({ service }) => failing.has(service));
  const reasons: string[] = [];
  let score = Math.sqrt(shared.reduce((sum, { rarity }) => sum + rarity, 0));
  if (shared.length > 0)
    reasons.push(
      `shares with the symptoms: ${shared
        .slice(0, 6)
        .map(({ word }) => word)
        .join(', ')}`,
    );
  if (commit.diff !== '') score += WEIGHTS.change.hasDiff;
  if (deployedToFailing) {
    score += WEIGHTS.change.deployedToFailing;
    reasons.push(`deployed to ${deployedToFailing.service}, which fails`);
  } else if (deploys.length > 0) score += WEIGHTS.change.deployed;
  if (commit.atSeconds > until) {
    score -= WEIGHTS.change.afterwards;
    reasons.push('made after the incident began');
  }
  return { id: commit.id, score, reasons, faultType: 'bad_change' };
};
