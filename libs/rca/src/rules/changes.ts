import { quote, unique } from '../facts/text.js';
import { findingOf } from '../scene.js';
import { componentOf, found, type Draft, type Rule } from './rule.js';

/** Settings whose change is felt at once. */
const TELLING =
  /image|tag|version|replicas|cpu|memory|limit|request|port|host|url|env|secret|config|selector|probe|path|timeout|pool|max|schema|migrat|cert|policy|deny|host|dns|schedule|suspend|enabled|password|storage|size|quota/i;

/** A change is under suspicion when something fails that it touches; without a failure it is only a change. */
export const recentChange: Rule = (scene) => {
  const changes = scene.facts.changes.filter(({ added, removed }) => added.length + removed.length > 0);
  const symptoms = scene.sightings.filter(
    ({ past, ids, sources }) => !past && ids.length > 0 && !sources.every((source) => source === 'change'),
  );
  return changes.flatMap((change): Draft[] => {
    const touched = [...change.removed, ...change.added].join('\n');
    const telling = TELLING.test(touched);
    const words = new Set(touched.toLowerCase().match(/[a-z][a-z0-9_-]{3,40}/g) ?? []);
    const echo = symptoms.find(({ text }) =>
      (text.toLowerCase().match(/[a-z][a-z0-9_-]{3,40}/g) ?? []).some((word) => words.has(word)),
    );
    const component =
      (scene.incident.service ??
        scene.pods.find(({ ready }) => ready === false)?.workload ??
        /([\w-]+)\/(?:values|deployment|configmap|kustomization)/.exec(change.object)?.[1] ??
        componentOf('', scene)) ||
      change.object;
    const lines = unique([...change.removed.map((text) => `-${text}`), ...change.added.map((text) => `+${text}`)]);
    return [
      {
        rule: 'recent-change',
        category: 'configuration_error',
        faultType: 'bad_change',
        component: component === 'unknown component' && change.object !== '' ? change.object : component,
        cause:
          `A change to ${change.object || 'the configuration'} caused it: ${quote(lines.join(' '), 260)}.` +
          `${echo === undefined ? '' : ` What fails speaks of what it touched: “${quote(echo.text, 180)}”.`} Revert it (roll back) first.`,
        base: echo !== undefined && telling ? 0.66 : telling && symptoms.length > 0 ? 0.52 : 0.4,
        support: [
          found('change', change.object, quote(lines.join(' '), 260), [change.id]),
          ...(echo === undefined ? [] : [findingOf(echo)]),
        ],
        refute: [],
        wouldRefute: ['the fault older than the change', 'the fault lasting after a revert'],
        explains: ['rollout_stuck', 'anomaly', 'log_errors', 'gateway_errors'],
        relevance: 1,
      },
    ];
  });
};
