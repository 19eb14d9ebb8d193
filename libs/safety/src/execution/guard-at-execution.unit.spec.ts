import {
  EvidenceSnapshot,
  Hypothesis,
  Incident,
  sha256Json,
  type Action,
  type DecisionPackage,
  type EvidenceItem,
} from '@inquest/contracts';
import fc from 'fast-check';
import { entitiesOf } from '../entities.js';
import { judgeAction } from '../judge-plan.js';
import { readSafetyRules } from '../operator-rules/safety-rules.js';
import { REMEDIES } from '../remedies/catalogue.js';
import { renderAction } from '../remedies/render-action.js';
import type { Remedy } from '../remedies/remedy.js';
import { ready } from '../sql/parser.js';
import { guardAtExecution, type Execution } from './guard-at-execution.js';

const incident = Incident.parse({ source: 's', fingerprint: 'f', title: 'web', startsAt: '2026-01-01T00:00:00Z' });
const IMAGES = { image: `registry.internal/web@sha256:${'4'.repeat(64)}`, before: 'registry.internal/web:1.4.2' };
const snapshot = EvidenceSnapshot.parse({
  kubernetes: [
    {
      ...{ id: 'k1', status: 'ok', title: 'Objects', tool: 'kubectl' },
      json: {
        deployments: [{ name: 'web', namespace: 'shop', desired: 4, ready: 4 }],
        nodes: [{ name: 'node-1' }],
        cronjobs: [{ name: 'report', namespace: 'shop' }],
        activity: [{ pid: 4711, datname: 'shop', state: 'active', usename: 'web', wait_event: 'Lock' }],
        containers: [{ name: 'web', image: IMAGES.image }],
        changes: [{ configmap: 'web-config', namespace: 'shop', key: 'DB_HOST', old_value: 'db-1', new_value: 'db-2' }],
        labels: {
          release: 'web',
          table: 'orders',
          column: 'created_at',
          second: 'customer_id',
          unit: 'nginx.service',
          flag: 'new-checkout',
        },
      },
    },
  ],
});
const hypothesis = Hypothesis.parse({
  ...{ id: 'h1', cause: 'It broke.', component: 'web', category: 'unknown', faultType: 'deadlock', confidence: 0.9 },
  evidenceIds: ['k1'],
});
const place = { name: 'web', namespace: 'shop', kind: 'deployment' };
const context = { entities: entitiesOf(snapshot, incident), recentChange: false };

const actionOf = (remedy: unknown, params: object): Action => {
  const action = renderAction('a1', remedy as Remedy, params, context, hypothesis);
  if (!('command' in action)) throw new Error(action.why);
  return action;
};
const argvOf = (remedy: unknown, params: object): readonly string[] => (remedy as Remedy).render(params).argv;

const decisionOf = (action: Action, over: Partial<DecisionPackage> = {}): DecisionPackage => ({
  ...{ outcome: 'auto-execute', gate: 6, gatesVersion: 'gates/1', healthy: false, hypothesis, confidence: 0.9 },
  reasons: [{ code: 'all-agree', text: 'All agree.' }],
  actions: [action],
  planRadius: judgeAction(action, context.entities).blastRadius,
  votes: (['diagnostician', 'solver', 'reviewer', 'critic'] as const).map((voter) => ({
    ...{ voter, present: true, vote: 'APPROVE', mind: 'model', degraded: false, answeredFor: false },
  })),
  ...{ dissent: [], requiresHumanApproval: false, degraded: false, allDegraded: false, summary: '' },
  ...over,
});

const executing = (remedy: unknown, params: object, over: Partial<DecisionPackage> = {}): Execution => {
  const action = actionOf(remedy, params);
  const decision = decisionOf(action, over);
  return {
    decision,
    decisionHash: sha256Json(decision),
    action,
    argv: argvOf(remedy, params),
    snapshot,
    incident,
    stopped: false,
  };
};
const restart = (over: Partial<DecisionPackage> = {}): Execution => executing(REMEDIES.rolloutRestart, place, over);
const codes = (execution: Execution): string[] => {
  const verdict = guardAtExecution(execution);
  return verdict.allowed ? [] : verdict.reasons.map(({ code }) => code);
};
const approved = (execution: Execution): Execution => ({ ...execution, approvedHash: execution.decisionHash });

beforeAll(ready);

describe('the guard at execution', () => {
  it('lets nothing run while execution is stopped, approved or not, nor when nobody has looked whether it is', () => {
    expect(codes({ ...restart(), stopped: true })).toEqual(['execution-stopped']);
    expect(codes(approved({ ...restart(), stopped: true }))).toEqual(['execution-stopped']);
    for (const unknown of [undefined, null, 0, 'false'])
      expect(codes({ ...restart(), stopped: unknown as unknown as boolean })).toEqual(['execution-stopped']);
  });

  it.each<[string, unknown, object]>([
    ['a restart', REMEDIES.rolloutRestart, place],
    ['an undo', REMEDIES.rolloutUndo, place],
    ['a scale', REMEDIES.scale, { ...place, replicas: 6, before: 4 }],
    ['a limit', REMEDIES.setResources, { ...place, resource: 'memory', limit: '768Mi', before: '512Mi' }],
    ['a cordon', REMEDIES.cordon, { name: 'node-1' }],
    ['an image', REMEDIES.setImage, { ...place, container: 'web', ...IMAGES }],
    ['a rollback', REMEDIES.helmRollback, { name: 'web', namespace: 'shop', revision: 3, present: 4 }],
    ['the restart of a unit', REMEDIES.systemctlRestart, { name: 'nginx.service' }],
    ['the end of a query', REMEDIES.pgCancelBackend, { pid: 4711, database: 'shop' }],
    ['the end of a session', REMEDIES.pgTerminateBackend, { pid: 4711 }],
    ['a vacuum', REMEDIES.vacuum, { table: 'orders', database: 'shop' }],
    ['an analysis', REMEDIES.analyze, { table: 'orders' }],
    ['an index', REMEDIES.createIndex, { table: 'orders', columns: ['created_at', 'customer_id'] }],
    ['a feature flag', REMEDIES.flagOff, { name: 'new-checkout' }],
  ])('lets %s of the catalogue through, word by word', (_what, remedy, params) => {
    const execution = executing(remedy, params);
    expect(guardAtExecution(execution)).toEqual({ allowed: true, argv: argvOf(remedy, params) });
  });

  it('lets what needs a revision through only with the approval of this decision', () => {
    const suspend = executing(
      REMEDIES.cronjobSuspend,
      { name: 'report', namespace: 'shop' },
      { outcome: 'human-approval', gate: 5 },
    );
    expect(codes(suspend)).toEqual(['not-approved', 'rules-object']);
    expect(guardAtExecution(approved(suspend)).allowed).toBe(true);
    expect(codes({ ...suspend, approvedHash: sha256Json({}) })).toContain('other-approval');
  });

  it('lets nothing through that was degraded or needs a person, unless one approved it', () => {
    for (const over of [{ degraded: true }, { allDegraded: true }, { requiresHumanApproval: true }]) {
      expect(codes(restart(over))).toEqual(['not-approved']);
      expect(guardAtExecution(approved(restart(over))).allowed).toBe(true);
    }
    for (const outcome of ['reject', 'no-action', 'escalate'] as const)
      expect(codes(approved(restart({ outcome })))).toContain('nothing-decided');
  });

  it.each<[string, readonly string[]]>([
    ['sh', ['sh', '-c', 'kubectl -n shop rollout restart deployment/web']],
    ['bash by its path', ['/bin/bash', '-c', 'true']],
    ['env', ['env', 'KUBECONFIG=/tmp/k', 'kubectl', '-n', 'shop', 'rollout', 'restart', 'deployment/web']],
    ['sudo', ['sudo', 'kubectl', '-n', 'shop', 'rollout', 'restart', 'deployment/web']],
    ['a carrier', ['kubectl', '-n', 'shop', 'exec', 'deployment/web', '--', 'sh', '-c', 'true']],
    ['xargs', ['xargs', 'kubectl']],
    ['kubectl by a path', ['/tmp/kubectl', '-n', 'shop', 'rollout', 'restart', 'deployment/web']],
  ])('refuses an argv with %s', (_what, argv) => expect(codes({ ...restart(), argv })).toContain('runs-shell'));

  it('refuses a shell even where the action and the decision say so too', () => {
    const { action } = restart();
    const changed = { ...(action as Action), command: `sh -c 'kubectl -n shop rollout restart deployment/web'` };
    const decision = decisionOf(changed, { planRadius: 100 });
    const argv = ['sh', '-c', 'kubectl -n shop rollout restart deployment/web'];
    const execution = approved({ ...restart(), decision, decisionHash: sha256Json(decision), action: changed, argv });
    expect(codes(execution)).toEqual(expect.arrayContaining(['runs-shell', 'renders-otherwise']));
  });

  it('refuses an action that is not of the catalogue, and a step in words', () => {
    const { action } = restart();
    for (const over of [
      { command: 'kubectl get pods', verb: 'get' },
      { tool: 'manual', command: '' },
    ]) {
      const changed = { ...(action as Action), ...over };
      const decision = decisionOf(changed);
      const argv = changed.command.split(' ');
      expect(codes(approved({ ...restart(), decision, decisionHash: sha256Json(decision), action: changed, argv }))).not.toEqual(
        [],
      );
    }
  });

  it('refuses a command line in place of words', () => {
    for (const argv of ['kubectl -n shop rollout restart deployment/web', [], [1], ['kubectl\0'], null, ['kubectl', '\ud800']])
      expect(codes({ ...restart(), argv })).toContain('argv-unreadable');
  });

  it('refuses what the rules in force now reject, whoever approved it', () => {
    const freeze = readSafetyRules('rules: [{id: freeze, reason: Frozen., verdict: reject, match: {namespace: shop}}]');
    if (!freeze.readable) throw new Error('unreadable');
    expect(codes(approved({ ...restart(), rules: freeze.rules }))).toEqual(['rules-object']);
  });

  it('refuses what the evidence does not bear any more', () => {
    const now = (deployment: object) =>
      EvidenceSnapshot.parse({
        kubernetes: [
          {
            id: 'k',
            status: 'ok',
            title: 'Objects',
            tool: 'kubectl',
            json: { deployments: [deployment] } as EvidenceItem['json'],
          },
        ],
      });
    const gone = { ...restart(), snapshot: EvidenceSnapshot.parse({}) };
    expect(codes(gone)).toEqual(expect.arrayContaining(['does-not-apply']));
    const alone = { ...restart(), snapshot: now({ name: 'web', namespace: 'shop', desired: 4, ready: 1 }) };
    expect(codes(alone)).toEqual(['reaches-further']);
    const scale = executing(REMEDIES.scale, { ...place, replicas: 6, before: 4 });
    expect(codes({ ...scale, snapshot: now({ name: 'web', namespace: 'shop', desired: 9, ready: 9 }) })).toContain(
      'does-not-apply',
    );
  });

  it('refuses rather than throws, whatever it is given', () => {
    const odd = fc.oneof(fc.anything(), fc.constant(restart().decision), fc.constant(restart().action));
    fc.assert(
      fc.property(odd, odd, odd, odd, (decision, decisionHash, action, argv) => {
        expect(guardAtExecution({ ...restart(), decision, decisionHash: decisionHash as string, action, argv }).allowed).toBe(
          false,
        );
      }),
    );
    const torn = { snapshot: undefined, incident: undefined } as unknown as Pick<Execution, 'snapshot' | 'incident'>;
    expect(codes({ ...restart(), ...torn })).toEqual(['not-verifiable']);
  });
});

/** Changes one character of the JSON of a value, and keeps what is still JSON of another meaning. */
const withOneCharacterChanged = (value: unknown): fc.Arbitrary<unknown> => {
  const text = JSON.stringify(value);
  return fc
    .tuple(fc.nat({ max: text.length - 1 }), fc.integer({ min: 0x20, max: 0x7e }), fc.constantFrom('replace', 'insert', 'remove'))
    .map(([at, code, how]) => {
      const inserted = how === 'remove' ? '' : String.fromCharCode(code);
      return text.slice(0, at) + inserted + text.slice(how === 'insert' ? at : at + 1);
    })
    .filter((changed) => {
      try {
        return sha256Json(JSON.parse(changed)) !== sha256Json(value);
      } catch {
        return false;
      }
    })
    .map((changed) => JSON.parse(changed) as unknown);
};

describe('one changed character', () => {
  const good = approved(restart({ outcome: 'human-approval', gate: 5 }));
  const refuses = (over: Partial<Execution>): void => expect(guardAtExecution({ ...good, ...over }).allowed).toBe(false);

  it('is where a good one passes', () => expect(guardAtExecution(good).allowed).toBe(true));

  it.each(['decision', 'action', 'argv'] as const)('of the %s is refused', (part) => {
    fc.assert(
      fc.property(withOneCharacterChanged(good[part]), (changed) => refuses({ [part]: changed })),
      { numRuns: 200 },
    );
  });

  it('of a hash is refused', () => {
    fc.assert(
      fc.property(withOneCharacterChanged(good.decisionHash), (changed) => {
        refuses({ decisionHash: changed as string });
        refuses({ approvedHash: changed as string });
      }),
    );
  });

  it('of the action is refused even when the decision is made to fit it, if it changes what runs', () => {
    fc.assert(
      fc.property(withOneCharacterChanged((good.action as Action).params), (params) => {
        const action = { ...(good.action as Action), params } as Action;
        const decision = decisionOf(good.action as Action, { outcome: 'human-approval', gate: 5, actions: [action] });
        const decisionHash = sha256Json(decision);
        refuses({ action, decision, decisionHash, approvedHash: decisionHash });
      }),
    );
  });
});
