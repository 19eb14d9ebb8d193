/** Names under which secrets are kept, as parts of keys: `db_password`, `X-Api-Key`, `client-key-data`. */
const STRONG =
  'passwo?r?ds?|passwd|passphrase|pwd|pgpassword|secret(?:[_-]?(?:key|access[_-]?key))?|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|client[_-]?key[_-]?data|signing[_-]?key|encryption[_-]?key|license[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|bearer';
const WEAK = 'token|authorization|auth|credentials?|cookie|sessionid|session[_-]?id|jwt|sas|signature';

/** What a key ends with when its value tells about a secret but is none: `secretName`, `token_count`. */
const ABOUT =
  /(name|names|ref|refs|path|file|files|type|kind|count|counts|length|len|expir\w*|ttl|policy|mount|mounts|volume|volumes|provider|class|store|url|uri|endpoint|enabled|version|limit|max|min|used|size|rotation|age|at|source|status|error|errors|failed|failure|failures|method|mode|scheme|required|valid|invalid|seconds|ms|bucket|usage|per|rate|id|ids|hash|algorithm|field|key_id|hint|attempts?|resets?|managers?|sauth)$/i;

/**
 * `key = value` in any of the notations of logs, environment, YAML, JSON, properties, query strings and flags. A scheme at the
 * end of the text stands before a mark: what follows it is redacted already, and the scheme itself is no secret.
 */
export const KEY_VALUE = new RegExp(
  `((?:${STRONG}|${WEAK})[\\w-]{0,20})(\\\\{0,3}["']?[ \\t]{0,6}(?:=>|:=|=|:|%3[Dd])[ \\t]{0,6}(?:(?:Bearer|Basic|Token)[ \\t]{1,3})?)(?!(?:Bearer|Basic|Token)[ \\t]{0,3}$)(\\\\{0,3}"(?:(?!\\[REDACTED:)[^"\\\\\\n]|\\\\[^"\\n]){1,4000}\\\\{0,3}"|'(?:(?!\\[REDACTED:)[^'\\n]){1,4000}'|(?:(?!\\[REDACTED:|%26)[^\\s"',;&<>()\\\\]){3,4000})`,
  'gi',
);

const STRONG_KEY = new RegExp(`(?:${STRONG})`, 'i');
const ANY_KEY = new RegExp(`(?:${STRONG}|${WEAK})`, 'i');

/** Whether a value under this key is to be taken out whatever it looks like; `weak` asks that it look like a secret. */
export const keyStrength = (key: string): 'strong' | 'weak' | undefined => {
  if (!ANY_KEY.test(key) || ABOUT.test(key)) return undefined;
  return STRONG_KEY.test(key) ? 'strong' : 'weak';
};

const PLACEHOLDER =
  /^(true|false|null|none|nil|undefined|yes|no|on|off|empty|unset|required|optional|redacted|\[?redacted.*|<.*>|\$\{.*|\$\(.*|\$[A-Za-z_]\w*|\{\{.*|%\(.*|%s|\*+|x+|\.+|-+|n\/a|\[.*\]|\{.*)$/i;

/** Whether a value may be a secret at all. Paths, placeholders and plain words in prose are not. */
export const mayBeSecret = (value: string, strength: 'strong' | 'weak', quoted: boolean): boolean => {
  if (
    value.length < 3 ||
    PLACEHOLDER.test(value) ||
    /^(\/[\w.-]+){1,10}\/?$/.test(value) ||
    /^[\d.]{1,6}(ms|s|m|h|%)?$/.test(value)
  )
    return false;
  if (new Set(value).size <= 2) return false;
  if (strength === 'strong') return quoted || /[^a-z]/.test(value) || value.length > 14;
  return looksRandom(value);
};

/** Digits and letters mixed, or both cases and long: what words are not. */
export const looksRandom = (value: string): boolean =>
  value.length >= 8 &&
  ((/\d/.test(value) && /[A-Za-z]/.test(value)) ||
    (value.length >= 16 && /[a-z]/.test(value) && /[A-Z]/.test(value) && !/^[A-Z]?[a-z]+(?:[A-Z-][a-z]+)*$/.test(value)));
