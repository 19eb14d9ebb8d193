import { readEnvironment } from '@inquest/config';
import { CollectorsEnvironment, collectorsFrom } from './environment.js';

const from = (environment: Record<string, string>) => readEnvironment(CollectorsEnvironment, environment);
const namesOf = (environment: Record<string, string>) => collectorsFrom(from(environment)).map(({ name }) => name);

describe('the settings of the collectors', () => {
  it('name none by default, not even GitHub, whose address is known', () => {
    expect(namesOf({})).toEqual([]);
    expect(from({}).INQUEST_COLLECT_MS).toBe(8_000);
  });

  it('name each by its own address', () => {
    expect(
      namesOf({
        ...{
          INQUEST_KUBERNETES: 'http://127.0.0.1:8001',
          INQUEST_PROMETHEUS_URL: 'http://p:9090',
          INQUEST_LOKI_URL: 'https://l/prefix',
        },
        ...{ INQUEST_TEMPO_URL: 'http://t:3200', INQUEST_JAEGER_URL: 'http://j:16686', INQUEST_GITHUB_REPOSITORIES: 'acme/shop' },
      }),
    ).toEqual(['kubernetes', 'prometheus', 'loki', 'tempo', 'jaeger', 'github']);
  });

  it('read repositories, of one service or of all', () => {
    expect(from({ INQUEST_GITHUB_REPOSITORIES: 'acme/platform, checkout=acme/shop.io' }).INQUEST_GITHUB_REPOSITORIES).toEqual([
      { service: undefined, name: 'acme/platform' },
      { service: 'checkout', name: 'acme/shop.io' },
    ]);
  });

  it.each([
    ['INQUEST_PROMETHEUS_URL', 'file:///etc/passwd'],
    ['INQUEST_PROMETHEUS_URL', 'prometheus:9090'],
    ['INQUEST_LOKI_URL', 'https://user:secret@loki'],
    ['INQUEST_TEMPO_URL', 'https://tempo?token=secret'],
    ['INQUEST_LOKI_AUTHORIZATION', 'secret'],
    ['INQUEST_LOKI_AUTHORIZATION', 'Bearer secret\r\nx-other: 1'],
    ['INQUEST_LOKI_TENANT', 'a\r\nb'],
    ['INQUEST_KUBERNETES', 'yes'],
    ['INQUEST_GITOPS', 'argocd,jenkins'],
    ['INQUEST_GITHUB_REPOSITORIES', 'acme/../secrets/x'],
    ['INQUEST_GITHUB_REPOSITORIES', 'acme/shop?x'],
    ['INQUEST_GITHUB_REPOSITORIES', '../..'],
    ['INQUEST_COLLECT_MS', '0'],
  ])('refuse %s=%s and do not repeat it', (name, value) => {
    const refusal = () => from({ [name]: value });
    expect(refusal).toThrow(name);
    expect(refusal).not.toThrow(/secret/);
  });
});
