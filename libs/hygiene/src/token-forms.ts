/** A secret that its own form gives away. */
export interface TokenForm {
  readonly kind: string;
  /** What it begins with, two characters or more of each; a text is searched for these alone. */
  readonly heads: readonly string[];
  /** The whole of it, from its head on. */
  readonly source: string;
}

const form = (kind: string, heads: string, source: string): TokenForm => ({ kind, heads: heads.split(' '), source });

const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** Well-known forms. None repeats anything without a bound, and none can match a piece in two ways. */
export const TOKEN_FORMS: readonly TokenForm[] = [
  form('jwt', 'eyJ', 'eyJ[\\w-]{8,4000}\\.[\\w-]{8,8000}(?:\\.[\\w-]{0,2000})?|eyJrIjoi[A-Za-z0-9+/]{60,400}={0,3}'),
  form('jwt', 'ZXlK', 'ZXlK[A-Za-z0-9+/=_-]{40,8000}'),
  form('aws-key', 'AKIA ASIA ABIA ACCA A3T', '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?![A-Za-z0-9])'),
  form('aws-bedrock-key', 'ABSK bedrock-api', 'ABSK[A-Za-z0-9+/]{60,400}={0,2}|bedrock-api-key-[\\w+/=-]{20,400}'),
  form('github-token', 'gho_ ghp_ ghu_ ghs_ ghr_ github_pat', 'gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\\w{22,255}'),
  form(
    'gitlab-token',
    'glpat gldt glrt glcbt glptt glft glimt glagent gloas glsoat glffct GR1348941',
    '(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)|GR1348941)[-_]?[\\w.-]{20,300}',
  ),
  form('gitlab-session', '_gitlab_session', '_gitlab_session=\\w{16,200}'),
  form(
    'slack-token',
    'xox xapp-',
    'xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,250}|xapp-\\d-[A-Za-z0-9]{1,40}-\\d{1,20}-[A-Za-z0-9]{1,200}',
  ),
  form('anthropic-key', 'sk-ant-', 'sk-ant-[\\w-]{20,200}'),
  form('openai-key', 'sk-', 'sk-(?!ant-)(?:proj-|svcacct-|admin-)?[\\w-]{20,400}'),
  form('google-key', 'AIza', 'AIza[\\w-]{35}(?![\\w-])'),
  form('google-oauth', 'ya29. GOCSPX-', 'ya29\\.[\\w-]{20,400}|GOCSPX-[\\w-]{20,60}'),
  form(
    'stripe-key',
    'sk_ rk_ pk_ whsec_',
    '[srp]k_(?:live|test|prod)_[A-Za-z0-9]{10,200}|whsec_[A-Za-z0-9+/=]{20,100}|sk_[^\\s"\'<>]{29}(?![^\\s"\'<>])',
  ),
  form('vault-token', 'hvs. hvb. hvr. s.', 'hv[sbr]\\.[\\w-]{20,400}|s\\.(?=[a-z]{0,23}[A-Z0-9])[A-Za-z0-9]{24}(?![\\w-])'),
  form('sendgrid-key', 'SG.', 'SG\\.[\\w=.-]{40,120}'),
  form('digitalocean-token', 'dop_v1 doo_v1 dor_v1', 'do[opr]_v1_[0-9a-f]{64}'),
  form('grafana-key', 'glc_ glsa_', 'gl(?:c|sa)_[A-Za-z0-9+/_=]{32,400}'),
  form('huggingface-token', 'hf_ api_org_', '(?:hf|api_org)_[A-Za-z]{30,60}(?![A-Za-z])'),
  form(
    'package-registry-token',
    'npm_ pypi-A rubygems_ CLOJARS_ oy2',
    'npm_[A-Za-z0-9]{36}|pypi-AgE[\\w-]{40,1000}|rubygems_[0-9a-f]{40,64}|CLOJARS_[A-Za-z0-9]{60}|oy2[a-z0-9]{43}(?![a-z0-9])',
  ),
  form('shopify-token', 'shpat_ shpca_ shppa_ shpss_', 'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}'),
  form('databricks-token', 'dapi doapi dopi', '(?:dapi|doa?pi)[0-9a-f]{32}(?:-\\d)?'),
  form('atlassian-token', 'ATATT3 ATCTT3', 'AT[AC]TT3[\\w=-]{60,400}'),
  form('newrelic-key', 'NRAK- NRJS- NRII- NRRA-', 'NR(?:AK|JS|II|RA)-[\\w-]{19,60}'),
  form('age-key', 'AGE-SECRET', 'AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  form('onepassword-token', 'ops_ A3-', 'ops_eyJ[A-Za-z0-9+/=]{100,2000}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3,5}[A-Z0-9]{5}'),
  form('sentry-token', 'sntrys_ sntryu_', 'sntry[su]_[A-Za-z0-9+/=_]{40,500}'),
  form('sourcegraph-token', 'sgp_', 'sgp_(?:[A-Fa-f0-9]{16}_|local_)?[A-Fa-f0-9]{40}'),
  form('planetscale-key', 'pscale_', 'pscale_(?:pw|tkn|oauth)_[\\w=.-]{30,64}'),
  form('harness-key', 'pat. sat.', '[ps]at\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}'),
  form('settlemint-token', 'sm_aat_ sm_pat_ sm_sat_', 'sm_[aps]at_[A-Za-z0-9]{16}'),
  form('plaid-token', 'access-sandbox access-development access-production', `access-(?:sandbox|development|production)-${UUID}`),
  form('heroku-key', 'HRKU-', 'HRKU-[\\w-]{40,80}'),
  form('clickhouse-key', '4b1d', '4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])'),
  form('pulumi-token', 'pul-', 'pul-[0-9a-f]{40}'),
  form('intra-secret', 's-s4t2', 's-s4t2(?:ud|af)-[a-fA-F0-9]{64}'),
  form(
    'authress-key',
    'sc_ ext_ scauth_ authress_',
    '(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\\.[A-Za-z0-9]{4,6}\\.acc[_-][A-Za-z0-9-]{10,32}\\.[\\w+/=-]{30,120}',
  ),
  form('facebook-token', 'EAA', 'EAA[A-Z][A-Za-z0-9]{60,400}'),
  form('square-token', 'EAAA sq0 SQ0', '(?:EAAA|(?:sq|SQ)0[a-zA-Z]{3}-)[\\w-]{22,60}'),
  form('notion-token', 'secret_', 'secret_[A-Za-z0-9]{40,50}(?![\\w-])'),
  form('mapbox-token', 'pk. sk.', '[ps]k\\.[A-Za-z0-9]{60}\\.[A-Za-z0-9_-]{22}'),
  form('twilio-key', 'SK AC', '(?:SK|AC)[0-9a-fA-F]{32}(?![A-Za-z0-9])'),
  form('dynatrace-token', 'dt0', 'dt0[a-z]\\d{2}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}'),
  form('cloudflare-key', 'v1.0-', 'v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,160}'),
  form('openshift-token', 'sha256~', 'sha256~[\\w-]{43}'),
  form('dropbox-token', 'sl.', 'sl\\.[\\w=-]{100,200}'),
  form(
    'yandex-key',
    't1. AQVN YC',
    't1\\.[A-Z0-9][\\w-]{1,200}={0,2}\\.[\\w-]{60,100}={0,2}|AQVN[\\w-]{30,44}|YC[\\w-]{38}(?![\\w-])',
  ),
  form('artifactory-key', 'AKCp cmVmd', 'AKCp[A-Za-z0-9]{50,90}|cmVmd[A-Za-z0-9]{50,70}'),
  form('octopus-key', 'API-', 'API-[A-Z0-9]{26}(?![A-Z0-9])'),
  form('alibaba-key', 'LTAI', 'LTAI[A-Za-z0-9]{16,24}(?![A-Za-z0-9])'),
  form(
    'mail-key',
    'key- pubkey- xkeysib- xsmtpsib-',
    '(?:pub)?key-[0-9a-f]{32}(?![0-9a-f])|x(?:keysib|smtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}',
  ),
  form(
    'payment-key',
    'live_ test_ shippo_ EZAK EZTK FLWSECK FLWPUBK',
    '(?:live|test)_(?:pub_)?[0-9a-f]{31,40}(?![\\w-])|live_(?=[\\w=-]{0,39}\\d)[\\w=-]{40}(?![\\w-])|shippo_(?:live|test)_[A-Fa-f0-9]{40}|EZ[AT]K[A-Za-z0-9]{54}|FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9]{12,32}(?:-X)?',
  ),
  form(
    'vendor-token',
    'lin_api dp.pt tfp_ ico- PMAK- fio-u- duffel_ ntn_ tk-us- CCIPAT_ p8e- pnu_ rdme_ pplx- tsk_ fo1_ fm1a_ fm1r_ fm2_ dnkey- nfp_ dG9rOi v2.local hsdp_',
    '(?:lin_api_|dp\\.pt\\.|tfp_|ico-|PMAK-|fio-u-|duffel_(?:test|live)_|ntn_|tk-us-|CCIPAT_|p8e-|pnu_|rdme_|pplx-|tsk_|fo1_|fm1[ar]_|fm2_|dnkey-|nfp_|dG9rOi|v2\\.local\\.|hsdp_)(?=[\\w=+/.:-]{0,40}\\d)[\\w=+/.:-]{20,300}(?![\\w/])',
  ),
];

/** A form that is told by something in its midst. */
export interface InnerForm {
  readonly kind: string;
  readonly anchor: string;
  /** Characters before the anchor that belong to it: as many as given, or as there are of a class, up to `leadMax`. */
  readonly lead: number | RegExp;
  readonly source: string;
}

/** Characters that a run before an anchor may have. */
export const leadMax = 80;

export const INNER_FORMS: readonly InnerForm[] = [
  { kind: 'terraform-token', anchor: '.atlasv1.', lead: 14, source: '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{20,100}' },
  { kind: 'telegram-token', anchor: ':A', lead: /\d/, source: '\\d{5,16}:A[\\w-]{34}(?![\\w-])' },
  { kind: 'maxmind-key', anchor: '_mmk', lead: 36, source: '\\w{36}_mmk(?![A-Za-z0-9])' },
  { kind: 'azure-secret', anchor: 'Q~', lead: 4, source: '[\\w~.]{3}\\dQ~[\\w~.-]{31,34}(?![\\w~.-])' },
  { kind: 'facebook-token', anchor: '|', lead: /\d/, source: '\\d{15,16}\\|[\\w-]{27,40}(?![\\w-])' },
  { kind: 'facebook-token', anchor: '%', lead: /\d/, source: '\\d{15,16}%[\\w-]{27,40}(?![\\w-])' },
  { kind: 'mailchimp-key', anchor: '-us', lead: 32, source: '[0-9a-f]{32}-us\\d\\d?(?![\\w-])' },
  {
    kind: 'webhook',
    anchor: 'hooks.slack.com/',
    lead: /[a-z:/]/,
    source: '[a-z:/]{0,80}hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w+/]{20,120}',
  },
  {
    kind: 'webhook',
    anchor: '.webhook.office.com/',
    lead: /[a-z0-9:/-]/,
    source: '[a-z0-9:/-]{1,80}\\.webhook\\.office\\.com/webhookb2/[\\w@/-]{40,400}',
  },
  {
    kind: 'webhook',
    anchor: '.com/api/webhooks/',
    lead: /[a-z:/]/,
    source: '[a-z:/]{0,80}\\.com/api/webhooks/\\d{10,25}/[\\w-]{30,100}',
  },
];
