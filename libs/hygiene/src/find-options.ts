import { inOrder, type Finding } from './find-tokens.js';

/** How far before an option the client that it belongs to is named. */
const CLIENT_WITHIN = 200;

const NAMED =
  /(?<![\w-])--?(?:[\w-]{1,20}-)?(?:password|passwd|passphrase|secret|token|api-key)(?:[ \t]{1,3}|["'],[ \t]{0,3}["'])["']?(?=([^\s"']{3,400}))/gi;
const SHORT = /(?<![\w-])-(?:-user\b|[pauwP])[ \t="',]{0,4}(?=([^\s"',]{3,200}))/g;

/** Whose one-letter option carries a secret: the last name of a client before it decides. */
const CLIENTS: readonly { readonly option: RegExp; readonly client: RegExp; readonly kind: string; readonly secret?: RegExp }[] =
  [
    { option: /^-p$/, client: /\b(?:mysql|mariadb)\w{0,10}\b/, kind: 'password' },
    { option: /^-a/, client: /\b(?:redis|valkey)-cli\b/, kind: 'password' },
    { option: /^-p/, client: /\b(?:sshpass|docker login|podman login|mongo\w{0,7}|nats|cqlsh)\b/, kind: 'password' },
    { option: /^-w/, client: /\bldap\w{2,8}\b/, kind: 'password' },
    { option: /^-P/, client: /\b(?:sqlcmd|bcp)\b/, kind: 'password' },
    {
      option: /^-(?:u|-user)/,
      client: /(?<![\w-])(?:curl|wget)(?![\w-])/,
      kind: 'basic-auth',
      secret: /^(?!https?:)[^:]{1,80}:[^:]{3,}/,
    },
  ];

const isVariable = (secret: string): boolean => /^["']?[$<{-]|^\*+$|^x+$/i.test(secret);

/** Secrets that follow an option, by its name or by the client's. */
export const options = (text: string): Finding[] => {
  const found: Finding[] = [];
  for (const { 0: option, 1: secret = '', index } of text.matchAll(NAMED)) {
    if (isVariable(secret)) continue;
    const start = index + option.length;
    found.push({ start, end: start + secret.length, kind: 'password' });
  }
  for (const { 0: option, 1: secret = '', index } of text.matchAll(SHORT)) {
    if (isVariable(secret)) continue;
    const kind = kindOf(text.slice(Math.max(0, index - CLIENT_WITHIN), index), option, secret);
    const start = index + option.length;
    if (kind !== undefined) found.push({ start, end: start + secret.length, kind });
  }
  for (const { 0: before, 1: secret = '', index } of text.matchAll(/\(using password: (?!YES\b|NO\b)(?=([^\s)]{3,200}))/g))
    found.push({ start: index + before.length, end: index + before.length + secret.length, kind: 'password' });
  return inOrder(found);
};

const kindOf = (before: string, option: string, secret: string): string | undefined => {
  const command = before.slice(Math.max(before.lastIndexOf('|'), before.lastIndexOf(';')) + 1);
  return CLIENTS.find(
    (one) => one.option.test(option.replace(/["']/g, '')) && one.client.test(command) && (one.secret?.test(secret) ?? true),
  )?.kind;
};
