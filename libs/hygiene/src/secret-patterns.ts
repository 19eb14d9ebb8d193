/** A secret that its own form gives away. The whole match goes, or the first group when there is one. */
export interface SecretPattern {
  readonly kind: string;
  readonly pattern: RegExp;
}

const WORD_START = '(?<![A-Za-z0-9])';

const token = (kind: string, source: string): SecretPattern => ({
  kind,
  pattern: new RegExp(`${WORD_START}(?:${source})`, 'g'),
});

/** Well-known prefixes. Each is anchored by its literal start, so that a long text costs one pass. */
export const PREFIXES: readonly SecretPattern[] = [
  token('jwt', 'eyJ[\\w-]{8,4000}\\.[\\w-]{8,8000}(?:\\.[\\w-]{0,2000})?'),
  token('jwt', 'ZXlK[A-Za-z0-9+/=_-]{40,8000}'),
  token('aws-key', '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?![A-Za-z0-9])'),
  token('aws-bedrock-key', 'ABSK[A-Za-z0-9+/]{60,400}={0,2}|bedrock-api-key-[\\w+/=-]{20,400}'),
  token('github-token', 'gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\\w{22,255}'),
  token(
    'gitlab-token',
    '(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)|GR1348941)[-_]?[\\w.-]{20,300}|_gitlab_session=\\w{16,200}',
  ),
  token('slack-token', 'xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,250}|xapp-\\d-[\\w-]{10,250}|xoxe-\\d-[\\w-]{20,250}'),
  token('anthropic-key', 'sk-ant-[\\w-]{20,200}'),
  token('openai-key', 'sk-(?:proj-|svcacct-|admin-)?[\\w-]{20,200}'),
  token('google-key', 'AIza[\\w-]{35}(?![\\w-])'),
  token('google-oauth', 'ya29\\.[\\w-]{20,400}|GOCSPX-[\\w-]{20,60}'),
  token('stripe-key', '(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,200}|whsec_[A-Za-z0-9+/=]{20,100}'),
  token('vault-token', 'hv[sbr]\\.[\\w-]{20,400}|(?<![\\w.])s\\.[A-Za-z0-9]{24}(?![A-Za-z0-9])'),
  token('terraform-token', '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{20,100}'),
  token('sendgrid-key', 'SG\\.[\\w=.-]{40,120}'),
  token('digitalocean-token', 'do[opr]_v1_[0-9a-f]{64}'),
  token('grafana-key', 'gl(?:c|sa)_[A-Za-z0-9+/_=]{32,400}'),
  token('huggingface-token', 'hf_[A-Za-z]{30,60}|api_org_[A-Za-z]{30,60}'),
  token(
    'package-registry-token',
    'npm_[A-Za-z0-9]{36}|pypi-AgE[\\w-]{40,400}|rubygems_[0-9a-f]{40,64}|CLOJARS_[A-Za-z0-9]{60}|oy2[a-z0-9]{43}',
  ),
  token('shopify-token', 'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}'),
  token('databricks-token', 'dapi[0-9a-f]{32}(?:-\\d)?|doa?pi[0-9a-f]{32}'),
  token('atlassian-token', 'ATATT3[\\w=-]{60,400}|ATCTT3[\\w=-]{60,400}'),
  token('newrelic-key', 'NR(?:AK|JS|II|RA)-[\\w-]{19,60}'),
  token('age-key', 'AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  token('onepassword-token', 'ops_eyJ[A-Za-z0-9+/=]{100,2000}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3,5}[A-Z0-9]{5}'),
  token('sentry-token', 'sntry[su]_[A-Za-z0-9+/=_]{40,500}'),
  token('sourcegraph-token', 'sgp_(?:[A-Fa-f0-9]{16}_|local_)?[A-Fa-f0-9]{40}'),
  token('planetscale-key', 'pscale_(?:pw|tkn|oauth)_[\\w=.-]{30,64}'),
  token(
    'vendor-token',
    '(?:lin_api_|dp\\.pt\\.|tfp_|ico-|PMAK-|fio-u-|duffel_(?:test|live)_|EZ[AT]K|FLWSECK_TEST-|FLWPUBK_TEST-|FLWSECK-|ntn_|secret_|sm_(?:aat|pat|sat)_|tk-us-|CCIPAT_|AQVN|p8e-|prefix_|pnu_|rdme_|SQ0|sq0(?:csp|atp)-|EAAA|EAACE|EAAM|sl\\.|sk_[a-z]+_|shippo_(?:live|test)_|pplx-|LTAI|tsk_|test_|live_|key-|pubkey-|SK|xkeysib-|xsmtpsib-|v1\\.0-|fo1_|fm[12][ar]?_|dnkey-|nfp_|dG9rOi|API-|sha256~|dt0c01\\.|ops_|t1\\.|YC|v2\\.local\\.|hsdp_|AKCp|cmVmd)[\\w=+/.:-]{20,300}(?![\\w/])',
  ),
  token(
    'webhook',
    '(?:https?://)?hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w+/]{20,120}|https://[a-z0-9-]{1,60}\\.webhook\\.office\\.com/webhookb2/[\\w@/-]{40,400}|https://discord(?:app)?\\.com/api/webhooks/\\d{10,25}/[\\w-]{30,100}',
  ),
  token('telegram-token', '\\d{5,16}:A[\\w-]{34}(?![\\w-])'),
];

/** Whether any of them is in a text: one pass instead of thirty, and most texts have none. */
export const ANY_PREFIX = new RegExp(
  `${WORD_START}(?:${PREFIXES.map(({ pattern }) => pattern.source.slice(WORD_START.length)).join('|')})`,
);

/** Services whose keys have no prefix: their name shortly before a long random word gives those away. */
export const VENDORS =
  'adafruit|adobe|airtable|algolia|alibaba|artifactory|asana|atlassian|confluence|jira|beamer|bitbucket|bittrex|cloudflare|codecov|coinbase|cohere|confluent|contentful|datadog|discord|doppler|droneci|dropbox|etsy|facebook|fastly|finicity|finnhub|flickr|flutterwave|freshbooks|gitlab|gitter|gocardless|grafana|heroku|hubspot|infracost|intercom|jfrog|kraken|kucoin|launchdarkly|linear|linkedin|lob|looker|mailchimp|mailgun|mapbox|mattermost|maxmind|meraki|messagebird|netlify|new-?relic|newrelic|notion|nytimes|okta|plaid|planetscale|privateai|rapidapi|readme|scalingo|sendbird|sendgrid|sentry|shippo|shopify|snyk|snykkey|sonar|square|squarespace|sumo(?:logic)?|telegr(?:am)?|travis|twilio|twitch|twitter|typeform|yandex|zendesk|harness|vault|fullstory|CONTRIBSYS__COM|intra|octopus|flyio|defined';
