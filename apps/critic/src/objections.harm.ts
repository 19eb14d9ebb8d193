import type { Action, ActionVerdict, Hypothesis } from '@inquest/contracts';
import type { KnownFault } from '@inquest/rca';
import type { Argument, Brief, Objection } from './objections.brief.js';
import type { ModelsFault } from './objections.signatures.js';

/** Remedies that leave a fault where it is, or make it worse, by fault type: verb → why. */
const RESTART = /^(rollout restart|restart|delete)$/;
const FUTILE: readonly { readonly faults: readonly (KnownFault | ModelsFault)[]; readonly verb: RegExp; readonly why: string }[] =
  [
    {
      faults: [
        'image_pull_backoff',
        'config_missing',
        'secret_missing',
        'storage_full',
        'quota_exceeded',
        'pending_unschedulable',
        'network_policy',
        'certificate_expired',
        'service_selector_mismatch',
        'rbac_denied',
        'volume_mount',
        'replication_lag',
        'checkpoint_storm',
        'env_var_missing',
        'config_invalid',
        'insufficient_resources',
        'affinity_mismatch',
        'taint_mismatch',
        'unschedulable',
        'pvc_unbound',
        'mount_failed',
        'no_endpoints',
        'forbidden',
        'disk_full',
      ],
      verb: RESTART,
      why: 'a restart starts the same thing again, in the same place',
    },
    {
      faults: [
        'image_pull_backoff',
        'crash_loop',
        'config_missing',
        'secret_missing',
        'storage_full',
        'quota_exceeded',
        'pending_unschedulable',
        'lock_contention',
        'network_policy',
        'certificate_expired',
        'service_selector_mismatch',
        'locks',
        'insufficient_resources',
        'affinity_mismatch',
        'taint_mismatch',
        'unschedulable',
        'pvc_unbound',
        'env_var_missing',
        'config_invalid',
        'no_endpoints',
        'forbidden',
        'disk_full',
      ],
      verb: /^scale$/,
      why: 'more replicas fail in the same way',
    },
    { faults: ['connection_exhaustion'], verb: /^scale$/, why: 'more replicas open more connections, which makes it worse' },
    { faults: ['oom_killed'], verb: RESTART, why: 'it will run out of memory again' },
  ];

/** What does this action break if the diagnosis is wrong? */
export const harms = (brief: Brief): Argument => {
  const { plan, chosen, verdict } = brief;
  if (plan.actions.length === 0)
    return {
      answer: 'Nothing is to be done, so nothing breaks; if the diagnosis is wrong, what is lost is time.',
      evidenceIds: [],
      objections: [],
    };
  const judged = plan.actions.map((action) => ({
    action,
    verdict: verdict.actions.find(({ actionId }) => actionId === action.id),
  }));
  return {
    answer: judged.map(({ action, verdict: own }) => consequence(action, own)).join(' '),
    evidenceIds: plan.actions.flatMap(({ evidenceIds }) => evidenceIds),
    objections: judged.flatMap(({ action, verdict: own }) => [
      ...destruction(action, own),
      ...irreversibility(action, own),
      ...lostEvidence(action, chosen),
      ...futility(action, chosen),
      ...elsewhere(action, brief),
    ]),
  };
};

const consequence = (action: Action, verdict: ActionVerdict | undefined): string => {
  const terms = [...(verdict?.radiusTerms ?? action.radiusTerms)].sort((a, b) => b.points - a.points).slice(0, 4);
  const costs = terms.length > 0 ? terms.map(({ term, why }) => `${term} (${why})`).join(', ') : 'no cost that the rules know of';
  const back =
    action.undo === null
      ? 'there is no way back'
      : action.undo.command === ''
        ? 'the way back is by hand'
        : `the way back is \`${action.undo.command}\``;
  return `${action.id} ${action.verb} on ${action.target.name} reaches ${Math.round(verdict?.blastRadius ?? action.blastRadius)} of 100: ${costs}; ${back}.`;
};

const hasTerm = (verdict: ActionVerdict | undefined, ...names: string[]): boolean =>
  verdict?.radiusTerms.some(({ term }) => names.includes(term)) ?? false;
const against = (action: Action) =>
  ({ attacks: 'plan', claim: `${action.verb} on ${action.target.name} is safe.`, evidenceIds: action.evidenceIds }) as const;

const destruction = (action: Action, verdict: ActionVerdict | undefined): Objection[] => {
  if (hasTerm(verdict, 'data-loss'))
    return [
      {
        ...against(action),
        severity: 'critical',
        argument: `${action.id} can destroy data; if the diagnosis is wrong the data is gone and the fault stays.`,
      },
    ];
  if (hasTerm(verdict, 'only-replica', 'last-healthy')) {
    const rolling = action.verb.startsWith('rollout') || action.verb.startsWith('set ');
    return [
      {
        ...against(action),
        severity: rolling ? 'minor' : 'critical',
        argument: `${action.target.name} has no other healthy replica: ${rolling ? 'should the new one not come up, nothing is left to fall back on' : 'the action takes the only one'}.`,
      },
    ];
  }
  if (hasTerm(verdict, 'stateful') && RESTART.test(action.verb))
    return [
      {
        ...against(action),
        severity: 'major',
        argument: `${action.target.name} holds state: a restart can mean recovery, failover and cold caches.`,
      },
    ];
  return [];
};

const irreversibility = (action: Action, verdict: ActionVerdict | undefined): Objection[] => {
  if (action.undo !== null || action.command === '') return [];
  return [
    {
      ...against(action),
      severity: (verdict?.blastRadius ?? action.blastRadius) > 20 ? 'major' : 'minor',
      argument: `${action.id} has no way back.`,
    },
  ];
};

const TELLING_STATE: ReadonlySet<string> = new Set<KnownFault | ModelsFault>([
  'crash_loop',
  'memory_leak',
  'oom_killed',
  'cpu_saturation',
  'deadlock',
  'lock_contention',
  'locks',
  'connection_exhaustion',
]);

const lostEvidence = (action: Action, chosen: Hypothesis | undefined): Objection[] =>
  RESTART.test(action.verb) && chosen !== undefined && TELLING_STATE.has(chosen.faultType)
    ? [
        {
          ...against(action),
          severity: 'minor',
          argument: `A restart throws away the state that would prove ${chosen.faultType}: take logs, a heap profile or the list of sessions first.`,
        },
      ]
    : [];

const futility = (action: Action, chosen: Hypothesis | undefined): Objection[] => {
  const futile = FUTILE.find(
    ({ faults, verb }) => chosen !== undefined && faults.some((fault) => fault === chosen.faultType) && verb.test(action.verb),
  );
  return futile && chosen
    ? [
        {
          attacks: 'plan',
          severity: 'major',
          claim: `${action.verb} remedies ${chosen.faultType}.`,
          argument: `It does not: ${futile.why}.`,
          evidenceIds: action.evidenceIds,
        },
      ]
    : [];
};

/** An action on something that neither the cause nor its evidence names cannot remove the cause. */
const elsewhere = (action: Action, { chosen, snapshot }: Brief): Objection[] => {
  if (!chosen || action.command === '') return [];
  const { name } = action.target;
  if (chosen.component.includes(name) || name.includes(chosen.component) || chosen.cause.includes(name)) return [];
  const cited = new Set(chosen.evidenceIds);
  const named = Object.values(snapshot)
    .flat()
    .some(
      (item) =>
        cited.has(item.id) &&
        [item.title, item.text ?? '', item.json === undefined ? '' : JSON.stringify(item.json)].join('\n').includes(name),
    );
  return named
    ? []
    : [
        {
          attacks: 'plan',
          severity: 'major',
          claim: `${action.verb} on ${name} removes the cause in ${chosen.component}.`,
          argument: `Neither the cause nor the evidence cited for it names ${name}.`,
          evidenceIds: action.evidenceIds,
        },
      ];
};
