import { redact } from './redact.js';

const join = (...parts: string[]): string => parts.join(''); // Keeps live-looking secrets out of the repository.
const RANDOM = 'q7Zx9LmP2vKc4TnB8wRj6YhD';
const HEX = '9f3a61c07be248d5a1f0c3e97b64d285';
const UUID = '7c1d9e52-4b8f-4a30-9c6e-2f5b8d1a7e43';

describe('secrets', () => {
  it.each([
    ['an XML element', `<db><password>${RANDOM}</password></db>`],
    ['an XML attribute beside its name', `<add key="Password" value="${RANDOM}" />`],
    ['a variable of a container in YAML', `- name: DB_PASSWORD\n  value: ${RANDOM}`],
    ['a Secret in YAML', `apiVersion: v1\nkind: Secret\ndata:\n  anything: ${RANDOM}\n  other: c2VjcmV0dmFsdWU=\ntype: Opaque`],
    ['a Secret in a list', `items:\n- data:\n    anything: ${RANDOM}\n  kind: Secret\n  metadata:\n    namespace: production`],
    ['a Secret in JSON', `{"kind":"Secret","data":{"anything":"${RANDOM}"}}`],
    [
      'a Secret that holds a known token as well',
      join('kind: Secret\ndata:\n  a: gh', 'p_', RANDOM, RANDOM, `\n  anything: ${RANDOM}\n`),
    ],
    ['an argument list', `["tool","--password","${RANDOM}"]`],
    ['a URL without a user', `redis://:${RANDOM}@cache:6379/0`],
    ['a URL whose password has an @', `amqp://app:p@${RANDOM}@mq:5672`],
    ['a URL with a token alone', `https://${RANDOM}@git.example.com/x.git`],
    ['a client and its user', `curl -sS -u app:${RANDOM} https://example.com`],
    ['a service and its key', `datadog_key => "${HEX}01234567"`],
    ['a service and its UUID', `heroku.api = ${UUID}`],
    ['a word in disorder', `worker said ${RANDOM}5sFg1AeX to nobody`],
    ['a broken private key', join('-----BEGIN', 'PRIVATE KEY-----', RANDOM, RANDOM, 'KEY-----')],
    ['a webhook', join('https://hooks.', 'slack.com/services/T0AB1CD2E/B3FG4HI5J/', RANDOM)],
    ['a sentence of an error', `Access denied (using password: ${RANDOM})`],
  ])('are taken out of %s', (_where, text) => {
    const { text: output, redactions } = redact(text);
    expect(output).not.toMatch(/q7Zx9LmP2vKc|TnB8wRj6YhD|9f3a61c07be2|7c1d9e52-4b8/);
    expect(redactions.length).toBeGreaterThan(0);
    expect(redact(output)).toEqual({ text: output, redactions: [] });
  });

  it('leave what stands beside the data of a Secret', () =>
    expect(redact(`- data:\n    a: ${RANDOM}\n  kind: Secret\n  metadata:\n    namespace: production`).text).toMatch(
      /metadata:\n {4}namespace: production$/,
    ));

  it.each([
    `sentry event ${UUID} sent`,
    'app.kubernetes.io/name=grafana,pod-template-hash=8588b8fb85',
    'downstream_url: http://auth-service:3006/auth/api/auth',
    '/etc/app/auth from auth-config-secret (rw)',
    'Code-to-token failures may indicate replay',
    'integrity sha512-q7Zx9LmP2vKc4TnB8wRj6YhD5sFg1AeXq7Zx9LmP2vKc4TnB8wRj6YhD5sFg1AeX==',
    'at _ZN2v88internal12InvokeEPNS0_7IsolateERKNS1_12InvokeParamsE (node)',
    'docker.io/library/postgres:16.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'tests/test_investigate/13_watchdog/issue_data.json',
    'sasl_mechanism: SCRAM-SHA-512',
    'author: jane2doe99x',
    'ip-172-31-21-139.us-east-2.compute.internal:8080',
    'com.example.payments.checkout.PaymentGatewayTimeoutException: 504',
  ])('are not seen in: %s', (text) => expect(redact(text)).toEqual({ text, redactions: [] }));
});
