import type { Arg } from './command-fact.js';
import type { Carried, Carrier } from './carried.js';

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
    ...(texts.some((text, index) => RUNS_SETTING.test(text) && texts[index] !== '--exec-path')
      ? ['git is told which program to run']
      : []),
    ...(texts.some((text) => /^ext::/.test(text)) ? ['git runs the program that an address names'] : []),
  ];
  const [at, runAt] = [texts.indexOf('foreach'), texts.indexOf('run')];
  const carried = [
    ...(texts.includes('submodule') && at > 0
      ? script(joined(argv.slice(at + 1).filter(({ text }) => !text.startsWith('--'))), 'git submodule')
      : []),
    ...(texts.includes('bisect') && runAt > 0 ? script(joined(argv.slice(runAt + 1)), 'git bisect') : []),
    ...(texts.includes('rebase') ? script(valueOf(argv, '--exec', '-x'), 'git rebase') : []),
  ];
  return { carried, unknown };
};

const joined = (words: readonly Arg[]): Arg | undefined =>
  words.length === 0 ? undefined : { text: words.map(({ text }) => text).join(' '), known: words.every(({ known }) => known) };

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

export const LAUNCHERS: Record<string, Carrier> = {
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
