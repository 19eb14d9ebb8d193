import type { Arg } from './command-fact.js';
import type { Carried, Carrier } from './carried.js';
import { completed } from './abbreviations.js';
import { isSystemPath } from './tools/files.js';

/** Programs that are known for other things and yet run a command that they are given. */

const valueOf = (argv: readonly Arg[], ...names: string[]): Arg | undefined => {
  const at = argv.findIndex(({ text }) => names.includes(text));
  if (at >= 0) return argv[at + 1];
  const attached = argv.find(({ text }) => names.some((name) => name.startsWith('--') && text.startsWith(`${name}=`)));
  return attached && { text: attached.text.slice(attached.text.indexOf('=') + 1), known: attached.known };
};

const script = (text: Arg | undefined, by: string): Carried[] => (text ? [{ runs: 'script', script: text, by }] : []);

/** `ansible` runs its `-a` on every host of a pattern; without `-m` as a command. */
const ansible: Carrier = ({ argv }) => {
  const module = (valueOf(argv, '-m', '--module-name')?.text ?? 'command').replace(/^ansible\.builtin\./, '');
  const runs = /^(command|shell|raw)$/.test(module);
  return { carried: runs ? script(valueOf(argv, '-a', '--args'), 'ansible') : [], unknown: [] };
};

/** Settings of git that change how it looks, and never what it runs. */
const LOOKS =
  /^(color\.|user\.|core\.(quotepath|abbrev|autocrlf)|log\.|diff\.(renames|context)|advice\.|init\.defaultbranch|http\.(timeout|lowspeed))/i;
const RUNS_SETTING = /^--(exec-path|upload-pack|receive-pack|ext-diff|open-files-in-pager|config-env)(=|$)|^-O./;

const git: Carrier = ({ argv }) => {
  const texts = argv.map(({ text }) => text);
  const setting = texts.find((text, index) => texts[index - 1] === '-c' && texts.indexOf('-c') < 4 && !LOOKS.test(text));
  const unknown = [
    ...(setting === undefined ? [] : [`git runs with ${setting.slice(0, 60)}`]),
    ...(texts.some((text, index) => RUNS_SETTING.test(text) && texts[index] !== '--exec-path') ||
    (texts.includes('archive') && texts.some((text) => /^--(exec|remote)(=|$)/.test(text)))
      ? ['git is told which program to run']
      : []),
    ...(texts.some((text) => /^ext::/.test(text)) ? ['git runs the program that an address names'] : []),
  ];
  const [at, runAt] = [texts.indexOf('foreach'), texts.indexOf('run')];
  const carried = [
    ...(texts.includes('submodule') && at > 0
      ? wordsOrScript(
          argv.slice(at + 1).filter(({ text }) => !text.startsWith('--')),
          'git submodule',
        )
      : []),
    ...(texts.includes('bisect') && runAt > 0 ? wordsOrScript(argv.slice(runAt + 1), 'git bisect') : []),
    ...(texts.includes('rebase') ? script(valueOf(argv, '--exec', '-x'), 'git rebase') : []),
  ];
  return { carried, unknown };
};

const joined = (words: readonly Arg[]): Arg | undefined =>
  words.length === 0 ? undefined : { text: words.map(({ text }) => text).join(' '), known: words.every(({ known }) => known) };

/** One word is for a shell; several are a program with its words, as they stand. */
const wordsOrScript = (words: readonly Arg[], by: string): Carried[] =>
  words.length > 1 ? [{ runs: 'words', argv: words, by }] : script(words[0], by);

const typescript: Carrier = ({ argv }) => {
  const command = valueOf(argv, '-c', '--command');
  return { carried: script(command, 'script'), unknown: command ? [] : ['script opens a shell'] };
};

const later: Carrier = ({ argv, stdin, pipedFrom }) => {
  if (argv.some(({ text }) => /^-(l|V|c|q)$/.test(text))) return { carried: [], unknown: [] };
  if (stdin?.known) return { carried: script(stdin, 'at'), unknown: [] };
  return { carried: [], unknown: [stdin || pipedFrom.length > 0 ? 'at runs what it reads' : 'at opens a prompt'] };
};

/** `ip netns exec NAME command`. */
const ip: Carrier = ({ argv }) => {
  const at = argv.findIndex(({ text }) => text === 'exec');
  const inside = at > 0 && /^netns|^vrf/.test(argv[at - 1]?.text ?? '') ? argv.slice(at + 2) : [];
  return { carried: inside.length > 0 ? [{ runs: 'words', argv: inside, by: 'ip netns' }] : [], unknown: [] };
};

const pager: Carrier = ({ argv }) => {
  const chooses = argv.some(
    ({ text }) => /^(-P|-H|--pager|--html|--preprocessor)/.test(text) || /^\+.*!/.test(text) || /^-[a-zA-Z]*k/.test(text),
  );
  return { carried: [], unknown: chooses ? ['it is told which program to show the text with'] : [] };
};

/** `watch` joins its words and hands them to a shell. */
const watch: Carrier = ({ argv }) => {
  const words = argv.slice(1);
  let at = 0;
  while (words[at]?.text.startsWith('-')) at += /^(-n|--interval|-q|--equexit)$/.test(words[at]?.text ?? '') ? 2 : 1;
  return { carried: script(joined(words.slice(at)), 'watch'), unknown: at >= words.length ? ['watch has nothing to run'] : [] };
};

/** Editors run what their options say before anybody has typed anything. */
const editor: Carrier = ({ argv }) => {
  const told = argv.flatMap(({ text, known }, index) => {
    if (text.startsWith('+')) return [{ text: text.slice(1), known }];
    return /^(-[a-zA-Z]*c|--cmd|-ex|--ex|-eval-command|--eval-command)$/.test(text) ? argv.slice(index + 1, index + 2) : [];
  });
  const carried = told.flatMap(({ text, known }) => {
    const [, command] = /^:?\s*(?:[%\d,.$]*!|shell\s)\s*(.+)$/s.exec(text) ?? [];
    return command === undefined ? [] : script({ text: command, known }, 'an editor');
  });
  return { carried, unknown: ['it is a program with commands of its own'] };
};

/** Programs with options that name another program. */
const helped =
  (...options: string[]): Carrier =>
  ({ argv }) => {
    const names = [...options.flatMap((option) => /^--(.+)$/.exec(option)?.[1] ?? []), 'checkpoint-action'];
    const words = argv.map(({ text, known }) => ({ text: completed(text, names), known }));
    const helper = valueOf(words, ...options);
    const action = words.find(({ text }) => /^--checkpoint-action=exec=/.test(text));
    const run = action ? { text: action.text.slice('--checkpoint-action=exec='.length), known: action.known } : undefined;
    return { carried: [...script(helper, 'a helper'), ...script(run, 'a helper')], unknown: [] };
  };

/** Completion and `mapfile` call what `-C` names. */
const callsBack: Carrier = ({ argv }) => {
  const command = valueOf(argv, '-C');
  return { carried: script(command, 'a callback'), unknown: command ? ['it sets what the shell runs later'] : [] };
};

/** A table of jobs on standard input: five fields of times, or one that starts with @, and the command. */
const crontab: Carrier = ({ argv, stdin }) => {
  if (!stdin?.known || argv.at(-1)?.text !== '-') return { carried: [], unknown: [] };
  const jobs = stdin.text.split('\n').flatMap((line) => /^\s*(?:@\w+|(?:[\d*,/a-zA-Z-]+\s+){5})\s*(.+)$/.exec(line)?.[1] ?? []);
  return { carried: jobs.flatMap((text) => script({ text, known: true }, 'cron')), unknown: [] };
};

/** A dump goes to standard output, or to the file it is told. */
const dump: Carrier = ({ argv }) => {
  const words = argv.map(({ text, known }) => ({ text: completed(text, ['file']), known }));
  const attached = words.find(({ text }) => /^-f./.test(text))?.text.slice(2);
  const file = valueOf(words, '-f', '--file')?.text ?? attached ?? '';
  return { carried: [], unknown: isSystemPath(file) ? ['the dump is written over a system file'] : [] };
};

/** Commands of Terraform that look harmless: its tests create what they test, and a state can be moved. */
const infrastructure: Carrier = ({ argv }) => {
  const texts = argv.map(({ text }) => text);
  const acts = texts.includes('test') || texts.some((text) => /^--?(migrate-state|force-copy|reconfigure)(=|$)/.test(text));
  return { carried: [], unknown: acts ? ['it creates what it tests, or moves its state'] : [] };
};

export const LAUNCHERS: Record<string, Carrier> = {
  pg_dump: dump,
  terraform: infrastructure,
  tofu: infrastructure,
  watch,
  ...Object.fromEntries(['vi', 'vim', 'nvim', 'view', 'ex', 'gdb', 'emacs', 'nano'].map((name) => [name, editor])),
  tar: helped('--to-command', '--use-compress-program', '-I', '--rsh-command', '--info-script', '--new-volume-script'),
  rsync: helped('-e', '--rsh'),
  zip: helped('-TT', '--unzip-command'),
  sort: helped('--compress-program'),
  mapfile: callsBack,
  readarray: callsBack,
  compgen: callsBack,
  complete: callsBack,
  crontab,
  ansible,
  git,
  script: typescript,
  at: later,
  batch: later,
  ip,
  man: pager,
  less: pager,
  more: pager,
};
