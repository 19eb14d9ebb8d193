import type { RadiusTerm } from '@inquest/contracts';
import type { CommandFact } from '../commands/command-fact.js';
import { namespacesOf } from '../operator-rules/match-fact.js';
import { TIERS, type Tier } from '../operator-rules/rules-file.js';
import type { SafetyRules } from '../operator-rules/safety-rules.js';
import { term } from './radius.js';

const STATEFUL = new Set(['statefulset', 'persistentvolumeclaim', 'persistentvolume', 'database', 'volume']);
const SYSTEM_NAMESPACE =
  /^(kube-|istio-|cert-manager|ingress|monitoring|observability|argocd|flux|cilium|calico|longhorn|rook|vault|linkerd|gatekeeper|kyverno|openshift-)/;
const SYSTEM_POINTS = 15;
/** A tier never costs less than not knowing it: naming one must not make judgement laxer. */
const TIER_POINTS: Readonly<Record<Tier, number>> = { standard: 1, high: 10, critical: 20 };
const UNKNOWN_TIER = 1;

/** What the place of a command adds: how much its namespace matters, and whether what it touches holds state. */
export const placeTerms = (fact: CommandFact, rules: SafetyRules): RadiusTerm[] => {
  const places = namespacesOf(fact);
  const system = places?.find((place) => SYSTEM_NAMESPACE.test(place));
  const stateful = fact.kinds.some((kind) => STATEFUL.has(kind));
  return [
    ...(places === null ? [] : [tierTerm(places ?? [], system, rules)]),
    ...(stateful && system === undefined ? [term('stateful', 15, 'it holds state')] : []),
  ];
};

const tierTerm = (places: readonly string[], system: string | undefined, rules: SafetyRules): RadiusTerm => {
  const [strictest] = places
    .flatMap((place) => {
      const tier = rules.tierOf(place);
      return tier === undefined ? [] : [{ place, tier }];
    })
    .sort((a, b) => TIERS.indexOf(b.tier) - TIERS.indexOf(a.tier));
  if (system !== undefined && (strictest === undefined || TIER_POINTS[strictest.tier] <= SYSTEM_POINTS))
    return term('system-namespace', SYSTEM_POINTS, `${system} serves the whole cluster`);
  if (strictest === undefined)
    return term('tier-unknown', UNKNOWN_TIER, `nobody has said how much ${places.join(', ') || 'its namespace'} matters`);
  return term(`tier-${strictest.tier}`, TIER_POINTS[strictest.tier], `${strictest.place} is of the tier ${strictest.tier}`);
};
