import type { Action, EvidenceItem, EvidenceSnapshot, Hypothesis, Incident } from '@inquest/contracts';
import { entitiesOf, type Entities, type Entity } from '../entities.js';
import { limitOf } from '../entities/limits.js';
import { REMEDIES } from './catalogue.js';
import { DEFAULT_STEP, manualStepFor } from './manual-steps.js';
import { changedRecently } from './recent-change.js';
import { configChanges, flagsSwitchedOn, releaseHistories } from './recorded-changes.js';
import type { RemedyContext } from './remedy.js';
import { manualStep, renderAction, type Refusal } from './render-action.js';
import { own } from '../own.js';

/** What the remedies of a fault may use. */
interface Bench {
  readonly hypothesis: Hypothesis;
  readonly context: RemedyContext;
  readonly workload: (Entity & { namespace: string }) | undefined;
  readonly pod: Entity | undefined;
  readonly node: Entity | undefined;
  readonly snapshot: EvidenceSnapshot;
}

export interface Candidates {
  /** Best first; the last one is always a step in words. */
  readonly actions: Action[];
  readonly refusals: Refusal[];
}

type Option = (bench: Bench) => Action | Refusal;

const refuse = (remedy: string, why: string): Refusal => ({ remedy, why });

const onWorkload =
  (remedy: typeof REMEDIES.rolloutRestart): Option =>
  ({ workload, context, hypothesis }) =>
    workload
      ? renderAction(
          'a1',
          remedy,
          { kind: workload.kind, name: workload.name, namespace: workload.namespace },
          context,
          hypothesis,
        )
      : refuse(remedy.id, 'the evidence shows no workload with its namespace for it');

const restart = onWorkload(REMEDIES.rolloutRestart);
const undo = onWorkload(REMEDIES.rolloutUndo);
const undoIfChanged: Option = (bench) =>
  bench.context.recentChange ? undo(bench) : refuse('rollout-undo', 'the evidence shows no change to take back');

const scaleUp: Option = ({ workload, context, hypothesis }) => {
  if (workload?.replicas === undefined) return refuse('scale', 'the evidence does not say how many replicas there are');
  const { kind, name, namespace, replicas } = workload;
  if (replicas >= 20) return refuse('scale', `${replicas} replicas already`);
  return renderAction(
    'a1',
    REMEDIES.scale,
    { kind, name, namespace, replicas: replicas + Math.max(1, Math.ceil(replicas / 3)), before: replicas },
    context,
    hypothesis,
  );
};

const cordon: Option = ({ node, context, hypothesis }) =>
  node
    ? renderAction('a1', REMEDIES.cordon, { name: node.name }, context, hypothesis)
    : refuse('cordon', 'the evidence names no node for it');

const raise =
  (resource: 'memory' | 'cpu'): Option =>
  ({ workload, context, hypothesis, snapshot }) => {
    const present = workload && limitOf(snapshot, workload, resource);
    if (!workload || !present) return refuse('set-resources', `no object in the evidence shows one ${resource} limit for it`);
    const { kind, name, namespace } = workload;
    const { amount, unit } = present;
    return renderAction(
      'a1',
      REMEDIES.setResources,
      { kind, name, namespace, resource, limit: `${Math.ceil(amount * 1.5)}${unit}`, before: `${amount}${unit}` },
      context,
      hypothesis,
    );
  };

/** The one backend that the evidence cited for the hypothesis names; two or more are a matter for a person. */
const endBackend =
  (remedy: typeof REMEDIES.pgCancelBackend): Option =>
  ({ context, hypothesis }) => {
    const cited = context.entities.all.filter(
      ({ kind, evidenceIds }) => kind === 'backend' && evidenceIds.some((id) => hypothesis.evidenceIds.includes(id)),
    );
    const [only] = cited;
    return cited.length === 1 && only
      ? renderAction('a1', remedy, { pid: Number(only.name) }, context, hypothesis)
      : refuse(remedy.id, 'the evidence does not single out one backend');
  };

/** Only what the hypothesis rests on: other things change all the time. */
const citedChanges = ({ changes }: EvidenceSnapshot, { evidenceIds }: Hypothesis): EvidenceItem[] =>
  changes.filter(({ id }) => evidenceIds.includes(id));

/** A key of a ConfigMap back to what a record says it was; with several records a person sees which of them did it. */
const restoreKey: Option = ({ snapshot, workload, context, hypothesis }) => {
  const usable = configChanges(citedChanges(snapshot, hypothesis))
    .map(({ name, key, old, present, namespace = workload?.namespace }) => ({
      name,
      namespace,
      key,
      value: old,
      before: present,
    }))
    .filter((params) => REMEDIES.configMapRollback.params.safeParse(params).success); // Prose in a record is none of its values.
  return usable.length === 1
    ? renderAction('a1', REMEDIES.configMapRollback, usable[0], context, hypothesis)
    : refuse('configmap-rollback', 'the evidence does not single out one changed key');
};

const switchOff: Option = ({ snapshot, context, hypothesis }) => {
  const usable = flagsSwitchedOn(citedChanges(snapshot, hypothesis)).filter(
    (name) => REMEDIES.flagOff.params.safeParse({ name }).success,
  );
  return usable.length === 1
    ? renderAction('a1', REMEDIES.flagOff, { name: usable[0] }, context, hypothesis)
    : refuse('feature-flag-off', 'the evidence does not single out one flag that was switched on');
};

/** Before `rollout undo`, which Helm would not know of and take back with its next upgrade. */
const rollBackRelease: Option = ({ snapshot, workload, context, hypothesis }) => {
  const release = releaseHistories(snapshot).find(({ name }) => name === workload?.name);
  if (!release) return refuse('helm-rollback', 'the evidence holds no history of a release of that name');
  const { name, namespace = workload?.namespace, present, previous } = release;
  return renderAction('a1', REMEDIES.helmRollback, { name, namespace, revision: previous, present }, context, hypothesis);
};

const onTable =
  (remedy: typeof REMEDIES.vacuum): Option =>
  ({ context, hypothesis }) => {
    const cited = context.entities.all.filter(
      ({ kind, evidenceIds }) => kind === 'table' && evidenceIds.some((id) => hypothesis.evidenceIds.includes(id)),
    );
    const [only] = cited;
    return cited.length === 1 && only
      ? renderAction('a1', remedy, { table: only.name }, context, hypothesis)
      : refuse(remedy.id, 'the evidence does not single out one table');
  };

/** Remedies by fault type, best first. What is not listed is left to a person. */
const OPTIONS: Record<string, readonly Option[]> = {
  oom_killed: [undoIfChanged, raise('memory')],
  crash_loop: [undoIfChanged],
  image_pull_backoff: [undo],
  probe_failure: [undoIfChanged],
  bad_rollout: [rollBackRelease, undo],
  bad_change: [switchOff, rollBackRelease, restoreKey, undoIfChanged],
  rollout_stuck: [rollBackRelease, undo],
  env_var_missing: [restoreKey, undoIfChanged],
  config_invalid: [restoreKey, undoIfChanged],
  module_missing: [undoIfChanged],
  container_start_error: [undoIfChanged],
  readiness_probe_failure: [undoIfChanged],
  code_exception: [undoIfChanged],
  config_missing: [restoreKey, undoIfChanged],
  secret_missing: [undoIfChanged],
  memory_leak: [undoIfChanged, restart],
  cpu_saturation: [undoIfChanged, scaleUp],
  cpu_throttling: [raise('cpu')],
  scaled_to_zero: [scaleUp],
  node_not_ready: [cordon],
  node_pressure: [cordon],
  disk_pressure: [cordon],
  locks: [endBackend(REMEDIES.pgCancelBackend)],
  lock_contention: [endBackend(REMEDIES.pgCancelBackend)],
  long_transaction: [endBackend(REMEDIES.pgCancelBackend)],
  connection_exhaustion: [endBackend(REMEDIES.pgTerminateBackend)],
  vacuum_debt: [onTable(REMEDIES.vacuum)],
  slow_query: [onTable(REMEDIES.analyze)],
  deadlock: [restart],
};

/** Every remedy of the catalogue that fits a hypothesis, rendered, with the reasons against the others. */
export const candidatesFor = (
  hypothesis: Hypothesis,
  snapshot: EvidenceSnapshot,
  incident: Incident,
  entities: Entities = entitiesOf(snapshot, incident),
): Candidates => {
  const bench = benchFor(hypothesis, snapshot, incident, entities);
  const tried = (own(OPTIONS, hypothesis.faultType) ?? []).map((option) => option(bench));
  const step = manualStepFor(hypothesis.faultType) ?? DEFAULT_STEP;
  return {
    actions: [...tried.filter(isAction), manualStep('a1', step, targetOf(bench), hypothesis)],
    refusals: tried.filter((result): result is Refusal => !isAction(result)),
  };
};

/** Even a step in words is about something that the evidence shows: the cause in words may repeat a name that a stranger made up. */
const targetOf = ({ workload, hypothesis, context }: Bench): Action['target'] => {
  if (workload) return { kind: workload.kind, name: workload.name, namespace: workload.namespace };
  const name = namesIn(hypothesis.component).find((word) => context.entities.mentions(word));
  return { kind: 'component', name: name ?? 'unknown' };
};

const isAction = (result: Action | Refusal): result is Action => 'id' in result;

const WORKLOADS = ['deployment', 'statefulset', 'daemonset'];

const benchFor = (hypothesis: Hypothesis, snapshot: EvidenceSnapshot, incident: Incident, entities: Entities): Bench => {
  const names = namesIn(hypothesis.component);
  const candidates = names.flatMap((name) => entities.named(name));
  const pod = candidates.find(({ kind }) => kind === 'pod');
  const owner = pod?.owner;
  const workload = [
    ...candidates.filter(({ kind }) => WORKLOADS.includes(kind)),
    ...(owner ? entities.named(owner.name, [owner.kind]) : []),
  ][0];
  const namespace = workload?.namespace ?? pod?.namespace ?? incident.namespace ?? onlyNamespace(entities);
  const node = candidates.find(({ kind }) => kind === 'node');
  return {
    hypothesis,
    context: { entities, recentChange: workload !== undefined && changedRecently(snapshot, incident, workload.name) },
    workload: workload && namespace !== undefined ? { ...workload, namespace } : undefined,
    pod,
    node,
    snapshot,
  };
};

/** Where the evidence names a single namespace, that is where everything in it is. */
const onlyNamespace = (entities: Entities): string | undefined => {
  const namespaces = entities.all.filter(({ kind }) => kind === 'namespace');
  return namespaces.length === 1 ? namespaces[0]?.name : undefined;
};

/** The names a component may stand for: `payments/web`, `Deployment/web`, `pod web-1` all hold `web…`. */
const namesIn = (component: string): string[] =>
  [component, ...component.split(/[\s/:,()'"`]+/)].filter((name) => name.length > 1);
