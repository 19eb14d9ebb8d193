import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART, EXAMPLES, KUBERNETES, named, podsOf, refusal, render, rendered } from './support/render.js';
import { kubernetesSchemas, SCHEMA_FILES } from './support/schemas.js';
import { describeChart } from './support/tools.js';

const values = (example: string): string => join(CHART, 'examples', `${example}.yaml`);
const SERVERS = ['redis.url.existingSecret=s', 'postgres.url.existingSecret=s', 'tokens.existingSecret=s'].flatMap((value) => [
  '--set',
  value,
]);

describeChart('the chart', (tools) => {
  it.each(EXAMPLES)('passes helm lint with the values of %s', (example) => {
    const args = ['lint', CHART, '--strict', '--quiet', '--kube-version', KUBERNETES, '--values', values(example)];
    expect(execFileSync(tools.helm, args, { encoding: 'utf8' })).not.toContain('ERROR');
  });

  it.each([
    ['no Redis is named', [], /redis\.url\.existingSecret is empty/],
    ['no PostgreSQL is named', SERVERS.slice(0, 2), /postgres\.url\.existingSecret is empty/],
    ['there are no tokens', SERVERS.slice(0, 4), /tokens\.existingSecret is empty/],
    ['the model has no key', [...SERVERS, '--set', 'model.provider=anthropic'], /model\.apiKey\.existingSecret is empty/],
    ['KEDA has no address', [...SERVERS, '--set', 'keda.enabled=true'], /keda\.addresses is empty/],
    ['the executor has no namespace', [...SERVERS, '--set', 'executor.enabled=true'], /executor\.namespaces is empty/],
    ['a phase is neither true nor false', [...SERVERS, '--set', 'phases.p2=off'], /phases\/p2.*got string, want boolean/],
    ['a value does not exist', [...SERVERS, '--set', 'phase.p2=false'], /additional properties 'phase' not allowed/],
    ['a role does not exist', [...SERVERS, '--set', 'roles.oracle.replicas=1'], /additional properties 'oracle' not allowed/],
    ['a setting is no role’s', [...SERVERS, '--set', 'roles.critic.settings.INQUEST_TURN_MS=1'], /'INQUEST_TURN_MS' not allowed/],
    ['a digest is none', [...SERVERS, '--set', 'image.digest=latest'], /image\/digest/],
    ['KEDA could take the last pod away', [...SERVERS, '--set', 'keda.minReplicas=0'], /keda\/minReplicas/],
  ])('refuses values with which %s', (_, flags, complaint) => {
    expect(refusal(tools, ...flags)).toMatch(complaint);
  });

  it('needs no more than three Secrets’ names', () => {
    expect(podsOf(render(tools, 'standard', ...SERVERS)).length).toBeGreaterThan(8);
  });

  const schemas = kubernetesSchemas();
  const validated = (example: string, ...set: string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), 'inquest-chart-'));
    const file = join(folder, 'objects.yaml');
    writeFileSync(file, rendered(tools, example, ...set));
    const flags = ['-strict', '-summary', '-schema-location', `${schemas}/${SCHEMA_FILES}`];
    const { stdout, stderr } = spawnSync(tools.kubeconform, [...flags, file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    return stdout + stderr;
  };
  const withSchemas = schemas === undefined ? it.skip : it;

  withSchemas.each(EXAMPLES)('makes objects of known forms of the values of %s', (example) => {
    expect(validated(example)).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
    expect(validated(example, '--is-upgrade')).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
  });

  withSchemas('is validated by schemas that notice a typing error, in custom resources too', () => {
    expect(validated('standard', '--set', 'defaults.tolerations[0].efect=NoSchedule')).toMatch(/'efect' not allowed/);
    expect(validated('full', '--set', 'gatewayApi.parentRefs[0].nam=public')).toMatch(/HTTPRoute.*'nam' not allowed/);
  });

  it('changes nothing but the gateway’s settings when phase 2 is switched off', () => {
    const [before, after] = [[], ['--set', 'phases.p2=false']].map((flags) => render(tools, 'standard', ...flags));
    const changed = before?.flatMap((object, index) =>
      JSON.stringify(object) === JSON.stringify(after?.[index]) ? [] : [`${object.kind} ${object.metadata.name}`],
    );
    expect(changed?.sort()).toEqual(['ConfigMap inquest-gateway', 'Deployment inquest-gateway']);
    expect(named(after ?? [], 'ConfigMap', 'inquest-gateway')['data']).toMatchObject({
      AIOPS_P1_ENABLED: 'true',
      AIOPS_P2_ENABLED: 'false',
    });
  });

  it('restarts no pod for a scale or a label of monitoring', () => {
    const flags = [
      '--set',
      'defaults.replicas=5',
      '--set',
      'monitoring.rules.labels.team=sre',
      '--set',
      'podDisruptionBudget.enabled=false',
    ];
    const templates = (...set: string[]) => podsOf(render(tools, 'standard', ...set)).map((pod) => JSON.stringify(pod));
    expect(templates(...flags)).toEqual(templates());
  });

  it.each(EXAMPLES)('names and labels every object of %s as Kubernetes advises', (example) => {
    for (const { kind, metadata } of render(tools, example)) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'inquest',
        'app.kubernetes.io/instance': 'inquest',
        'app.kubernetes.io/part-of': 'inquest',
        'app.kubernetes.io/managed-by': 'Helm',
        'app.kubernetes.io/version': '0.1.0',
        'helm.sh/chart': 'inquest-0.1.0',
      });
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      expect([kind, metadata.namespace === undefined]).toEqual([kind, kind.startsWith('Cluster')]);
    }
  });

  it('keeps two releases in one namespace apart', () => {
    const namesOf = (release: string) => render(tools, 'standard', '--set', `fullnameOverride=${release}`);
    const [one, two] = [namesOf('one'), namesOf('two')].map((objects) =>
      objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    );
    expect(one?.filter((name) => two?.includes(name))).toEqual([]);
  });
});
