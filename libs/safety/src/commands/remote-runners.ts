import type { Arg } from './command-fact.js';
import type { Carried, Carrier } from './carried.js';
import { baseName } from './wrappers.js';

/** Clients that have another machine run a command. */
const scripts = (texts: readonly (Arg | undefined)[], by: string): Carried[] =>
  texts.flatMap((text) => (text ? [{ runs: 'script', script: text, by }] : []));

/** What follows each of the options, attached by `=` or as the next word. */
const valuesOf = (argv: readonly Arg[], options: RegExp): Arg[] =>
  argv.flatMap(({ text, known }, index) => {
    const [name = '', ...rest] = text.split('=');
    if (!options.test(name)) return [];
    return rest.length > 0 ? [{ text: rest.join('='), known }] : argv.slice(index + 1, index + 2);
  });

const joined = (words: readonly Arg[]): Arg | undefined =>
  words.length === 0 ? undefined : { text: words.map(({ text }) => text).join(' '), known: words.every(({ known }) => known) };

/** `aws ssm send-command --parameters 'commands=["…"]'` and `aws ecs execute-command --command …`. */
const aws: Carrier = ({ argv }) => {
  const verb = argv.find(({ text }) => text === 'send-command' || text === 'execute-command')?.text;
  if (verb === undefined) return { carried: [], unknown: [] };
  if (verb === 'execute-command') return { carried: scripts(valuesOf(argv, /^--command$/), 'aws'), unknown: [] };
  const lines = valuesOf(argv, /^--parameters$/).flatMap(({ text, known }) =>
    commandsIn(text).map((line) => ({ text: line, known })),
  );
  return { carried: scripts(lines, 'aws ssm'), unknown: ['aws ssm runs a document on other hosts'] };
};

const commandsIn = (parameters: string): string[] => {
  const list = parameters.slice(parameters.search(/commands/i));
  const quoted = [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
  return quoted.length > 0 ? quoted : [list.replace(/^commands\W*=\W*/i, '')];
};

const option =
  (options: RegExp): Carrier =>
  ({ argv }) => ({ carried: scripts(valuesOf(argv, options), baseName(argv[0]?.text ?? '')), unknown: [] });

/** Everything after the hosts is the command: `pdsh -w web[1-9] uptime`. */
const onHosts: Carrier = ({ argv }) => {
  const words = argv.slice(1);
  let at = 0;
  while (words[at]?.text.startsWith('-')) at += /^-[wgxlHhtofue]$/.test(words[at]?.text ?? '') ? 2 : 1;
  const by = baseName(argv[0]?.text ?? '');
  return { carried: scripts([joined(words.slice(at))], by), unknown: at >= words.length ? [`${by} opens a prompt`] : [] };
};

/** `salt '*' cmd.run 'uptime'`. */
const salt: Carrier = ({ argv }) => {
  const at = argv.findIndex(({ text }) => /^cmd\.\w+$/.test(text));
  return { carried: at < 0 ? [] : scripts([argv[at + 1]], 'salt'), unknown: ['salt runs on every host that matches'] };
};

/** `lxc exec NAME -- uptime`, `nomad alloc exec ID uptime`. */
const inside: Carrier = ({ argv }) => {
  const at = argv.findIndex(({ text }) => text === 'exec');
  if (at < 0) return { carried: [], unknown: [] };
  const dashes = argv.findIndex(({ text }, index) => index > at && text === '--');
  const words = argv.slice(dashes < 0 ? at + 2 : dashes + 1);
  return {
    carried: words.length === 0 ? [] : [{ runs: 'words', argv: words, by: `${baseName(argv[0]?.text ?? '')} exec` }],
    unknown: [],
  };
};

export const REMOTE_RUNNERS: Record<string, Carrier> = {
  aws,
  az: option(/^--scripts?$/),
  gcloud: option(/^--command$/),
  vagrant: option(/^(-c|--command)$/),
  flyctl: option(/^(-C|--command)$/),
  fly: option(/^(-C|--command)$/),
  pdsh: onHosts,
  clush: onHosts,
  pssh: onHosts,
  'parallel-ssh': onHosts,
  salt,
  lxc: inside,
  incus: inside,
  multipass: inside,
  nomad: inside,
};
