/** Names under which secrets are kept, as parts of keys: `db_password`, `X-Api-Key`, `client-key-data`. */
const STRONG =
  'passwo?r?ds?|passwd|passphrase|pwd|pgpassword|secret(?:[_-]?(?:key|access[_-]?key))?|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|client[_-]?key[_-]?data|signing[_-]?key|encryption[_-]?key|license[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|bearer';
const WEAK =
  'token|authorization|auth(?!or(?!i[sz]))|credentials?|creds|cookie|sessionid|session[_-]?id|jwt|(?<![a-z])sas(?![a-z])|signature';

/** What a key ends with when its value tells about a secret but is none: `secretName`, `token_count`. */
const ABOUT =
  /(name|names|ref|refs|path|file|files|type|kind|count|counts|length|len|expir\w*|ttl|policy|mount|mounts|volume|volumes|provider|class|store|url|uri|endpoint|enabled|version|limit|max|min|used|size|rotation|age|at|source|status|error|errors|failed|failure|failures|method|mode|scheme|required|valid|invalid|seconds|ms|bucket|usage|per|rate|id|ids|hash|algorithm|field|key_id|hint|attempts?|resets?|managers?|sauth|service|server|host|port|pod|proxy|gateway|controller|mechanism|protocol)$/i;

const STRONG_KEY = new RegExp(`(?:${STRONG})[\\w-]{0,20}$`, 'i');
const ANY_KEY = new RegExp(`(?:${STRONG}|${WEAK})[\\w-]{0,20}$`, 'i');

export type KeyStrength = 'strong' | 'weak';

/** Keys come again and again; as many as this are remembered. */
const REMEMBERED_MAX = 5_000;
const remembered = new Map<string, KeyStrength | undefined>();

/** Whether a value under this key is to be taken out whatever it looks like; `weak` asks that it look like a secret. */
export const keyStrength = (key: string): KeyStrength | undefined => {
  if (key.length > 64) return judgedKey(key);
  const known = remembered.get(key);
  if (known !== undefined || remembered.has(key)) return known;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const judged = judgedKey(key);
  remembered.set(key, judged);
  return judged;
};

const judgedKey = (key: string): KeyStrength | undefined => {
  const end = key.slice(-64);
  if (!ANY_KEY.test(end) || ABOUT.test(end)) return undefined;
  return STRONG_KEY.test(end) ? 'strong' : 'weak';
};

/** `password`, `token`, `key` or `secret`, by the name it is kept under. */
export const kindOfKey = (key: string): string =>
  /pass|pwd/i.test(key) ? 'password' : /token|jwt|bearer/i.test(key) ? 'token' : /key/i.test(key) ? 'key' : 'secret';

const PLACEHOLDER =
  /^(true|false|null|none|nil|undefined|yes|no|on|off|empty|unset|required|optional|redacted|\[?redacted.*|<.*>|\$\{.*|\$\(.*|\$[A-Za-z_]\w*|\{\{.*|%\(.*|%s|\*+|x+|\.+|-+|n\/a|\[.*\]|\{.*)$/i;

/** What documentation writes in place of a secret. */
export const isExample = (value: string): boolean => /EXAMPLE|X{6}|x{6}|\*{4}|#{4}|0{8}|1234567890|abcdefghij/.test(value);

/** As much of a value as is looked at to judge it. */
const JUDGED_MAX = 256;

/** Whether a value may be a secret at all. Paths, placeholders and plain words in prose are not. */
export const mayBeSecret = (whole: string, strength: KeyStrength, quoted: boolean): boolean => {
  const value = whole.length > JUDGED_MAX ? whole.slice(0, JUDGED_MAX) : whole;
  if (value.length < 3 || PLACEHOLDER.test(value) || isPath(value) || /^[\d.]{1,6}(ms|s|m|h|%)?$/.test(value) || isExample(value))
    return false;
  if (new Set(value).size <= 2) return false;
  if (strength === 'strong') return quoted || /[^a-z]/.test(value) || value.length > 14;
  return looksRandom(value) && !isAddress(value);
};

const isPath = (value: string): boolean =>
  value.startsWith('/') &&
  value
    .split('/')
    .slice(1)
    .every((part) => /^[\w.-]*$/.test(part));

/** `8080/auth/api`: a port or host with a path. */
const isAddress = (value: string): boolean =>
  value.includes('/') && value.split('/').every((part) => /^(?:[a-z]*|\d{1,5}|v\d{1,2}|[a-z.-]+(?::\d{1,5})?)$/i.test(part));

/** Digits and letters mixed, or both cases and long: what words are not. */
export const looksRandom = (value: string): boolean =>
  value.length >= 8 &&
  ((/\d/.test(value) && /[A-Za-z]/.test(value)) ||
    (value.length >= 14 && /[a-z]/.test(value) && /[A-Z]/.test(value) && !isWords(value)));

/** Words in camel case or with dashes between them; every word has two small letters at least. */
const isWords = (value: string): boolean =>
  value.split(/[-_.]|(?<=[a-z])(?=[A-Z])/).every((part) => /^[A-Z]{0,4}[a-z]{2,}$|^[A-Z]*$|^[a-z]*$/.test(part)) &&
  (value.match(/[a-z](?=[A-Z])/g) ?? []).length <= value.length / 4;
