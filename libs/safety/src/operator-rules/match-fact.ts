import type { CommandFact } from '../commands/command-fact.js';
import type { SqlFact } from '../sql/sql-fact.js';
import { fitsAny } from './glob.js';
import { TIERS, type Match, type Tier } from './rules-file.js';

/** `maybe`: the command leaves open what the condition asks about, so it may be what the rule means. */
export type Fit = 'yes' | 'maybe' | 'no';

/** Words that are longer are not searched: they may hold anything. */
const WORD_MAX = 4_096;
const CLUSTER_WIDE = new Set(
  'node persistentvolume customresourcedefinition clusterrole clusterrolebinding storageclass priorityclass apiservice'.split(
    ' ',
  ),
);
const NAMESPACED_TOOLS = /^(kubectl|oc|k|helm)$/;

/** The namespaces that a command touches; undefined when it does not say, null when it has none. */
export const namespacesOf = ({
  tool,
  namespace,
  kinds,
  targets,
  scopeAll,
  flags,
}: CommandFact): readonly string[] | undefined | null => {
  if (kinds.includes('namespace')) return targets.length > 0 && !scopeAll ? targets : undefined;
  if (flags.has('A') || flags.has('all-namespaces')) return undefined;
  if (namespace !== undefined) return [namespace];
  if (!NAMESPACED_TOOLS.test(tool)) return null;
  return kinds.length > 0 && kinds.every((kind) => CLUSTER_WIDE.has(kind)) ? null : undefined;
};

/** The strictest tier of a namespace by the patterns of the file. */
export const tierIn = (tiers: Readonly<Partial<Record<Tier, readonly string[]>>>, namespace: string): Tier | undefined =>
  TIERS.toReversed().find((tier) => fitsAny(tiers[tier] ?? [], namespace));

/** Whether a command is what a rule means: the weakest of its conditions. */
export const fitOfCommand = (match: Match, fact: CommandFact, tierOf: (namespace: string) => Tier): Fit => {
  const places = namespacesOf(fact);
  return weakest([
    among(match.program, [fact.tool]),
    among(match.verb, [fact.verb]),
    match.effect === undefined || match.effect.includes(fact.effect) ? 'yes' : 'no',
    among(match.kind, fact.kinds),
    inPlaces(match.namespace, places, (patterns, place) => fitsAny(patterns, place)),
    inPlaces(match.tier, places, (tier, place) => tierOf(place) === tier),
    named(match.resource, fact),
    argued(match.argument, fact),
  ]);
};

/** The same for a statement, which has no namespace and no words of a command line. */
export const fitOfSql = (match: Match, { statement, effect, objectKind = 'table', targets }: SqlFact): Fit =>
  match.namespace !== undefined || match.tier !== undefined || match.argument !== undefined
    ? 'no'
    : weakest([
        among(match.program, ['sql']),
        among(match.verb, [statement]),
        match.effect === undefined || match.effect.includes(effect) ? 'yes' : 'no',
        among(match.kind, [objectKind]),
        match.resource !== undefined && targets.length === 0 && effect !== 'read' ? 'maybe' : among(match.resource, targets),
      ]);

const weakest = (fits: readonly Fit[]): Fit => (fits.includes('no') ? 'no' : fits.includes('maybe') ? 'maybe' : 'yes');

const among = (patterns: readonly string[] | undefined, words: readonly string[]): Fit =>
  patterns === undefined || words.some((word) => fitsAny(patterns, word)) ? 'yes' : 'no';

const inPlaces = <T>(
  wanted: T | undefined,
  places: readonly string[] | undefined | null,
  fits: (wanted: T, place: string) => boolean,
): Fit => {
  if (wanted === undefined) return 'yes';
  if (places === undefined) return 'maybe';
  return places?.some((place) => fits(wanted, place)) ? 'yes' : 'no';
};

const named = (patterns: readonly string[] | undefined, { targets, scopeAll, effect }: CommandFact): Fit => {
  if (patterns === undefined || targets.some((target) => fitsAny(patterns, target))) return 'yes';
  return scopeAll || (targets.length === 0 && effect !== 'read') ? 'maybe' : 'no';
};

const argued = (patterns: readonly string[] | undefined, { args, unresolved }: CommandFact): Fit => {
  if (patterns === undefined || args.some((word) => word.length <= WORD_MAX && fitsAny(patterns, word))) return 'yes';
  return unresolved.length > 0 || args.some((word) => word.length > WORD_MAX) ? 'maybe' : 'no';
};
