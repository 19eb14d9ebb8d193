import type { Arg } from './command-fact.js';
import type { Carried, Carrier } from './carried.js';
import { callsOf, deletes, handsShellOver, isInert, tokensOf, type Call } from './program-text.js';
import { baseName } from './wrappers.js';

const CODE_OPTION = /^(-[a-zA-Z]*[ceEr]|-p|-pe|--eval|--print|-command|--command)$/;
const ATTACHED_CODE = /^-[ce](.+)$/s;

/** `python3 -m json.tool` prints what it reads; a second file would be written. */
const printsJson = (words: readonly Arg[]): boolean =>
  words[0]?.text === '-m' &&
  words[1]?.text === 'json.tool' &&
  words
    .slice(2)
    .every(({ text, known }, index) => known && (/^--(json-lines|sort-keys|no-ensure-ascii|compact)$/.test(text) || index === 0));

export const interpreter: Carrier = ({ argv, stdin, pipedFrom }) => {
  const tool = baseName(argv[0]?.text ?? '');
  const words = argv.slice(1);
  if (words.length > 0 && words.every(({ text }) => /^(-V|-v|--version|-h|--help)$/.test(text)))
    return { carried: [], unknown: [], inert: true };
  if (printsJson(words)) return { carried: [], unknown: [], inert: true };
  const { code, alone } = programOf(words, stdin);
  const tokens = tokensOf(code?.text ?? '');
  const calls = callsOf(tokens);
  const marks = [...(deletes(tokens) ? ['code-deletes'] : []), ...(handsShellOver(tokens) ? ['reverse-shell'] : [])];
  if (code?.known && alone && tokens.length > 0 && isInert(tokens)) return { carried: [], unknown: [], inert: true };
  const carried = [
    ...calls.flatMap((call) => carriedByCall(call, tool)),
    // Back quotes run a command in Perl, Ruby and PHP.
    ...(/^(perl|ruby|php)/.test(tool) ? backquoted(code) : []),
  ];
  const reads = pipedFrom.length > 0 || stdin !== undefined || words.length > 0;
  return { carried, unknown: [reads ? `${tool} runs a program that is not read as a whole` : `${tool} opens a prompt`], marks };
};

/** The program's text, from an option or standard input; `alone` when no other option could change what it does. */
const programOf = (words: readonly Arg[], stdin: Arg | undefined): { code: Arg | undefined; alone: boolean } => {
  const at = words.findIndex(({ text }) => CODE_OPTION.test(text));
  if (at >= 0) return { code: words[at + 1], alone: at === 0 && /^-[cer]$/.test(words[0]?.text ?? '') };
  const attached = words.findIndex(({ text }) => ATTACHED_CODE.test(text) && !text.startsWith('--'));
  const word = words[attached];
  if (word) return { code: { text: word.text.slice(2), known: word.known }, alone: false };
  return { code: stdin, alone: words.length === 0 || (words.length === 1 && words[0]?.text === '-') };
};

const RUNS =
  /(^|\.|::|->)(system|popen|popen2e?|popen3|exec|execute|execSync|execl|execlp|spawn|spawnSync|execFile|execFileSync|run|call|Popen|check_output|check_call|getoutput|getstatusoutput|passthru|shell_exec|capture2e?|capture3|sh)$/;
const SENDS_SQL = /(^|\.|->|::)(execute|executemany|executescript|query|raw|exec|do)$/;
const SQL_START =
  /^\s*(select|insert|update|delete|drop|truncate|alter|create|grant|revoke|with|do|call|merge|replace|copy|set|begin)\s/i;

const carriedByCall = ({ name, argument }: Call, by: string): Carried[] => {
  if (argument === undefined) return [];
  if (typeof argument !== 'string')
    return RUNS.test(name) && argument.length > 0
      ? [{ runs: 'words', argv: argument.map((text) => ({ text, known: true })), by }]
      : [];
  if (SENDS_SQL.test(name) && SQL_START.test(argument))
    return [{ runs: 'sql', sql: { text: argument, known: true }, dialect: 'other', by }];
  return RUNS.test(name) ? [{ runs: 'script', script: { text: argument, known: true }, by }] : [];
};

const backquoted = (code: Arg | undefined): Carried[] =>
  [...(code?.text.slice(0, 8_000).matchAll(/`([^`]+)`|(?:%x|qx)[({[]([^)}\]]+)/g) ?? [])].map((match) => ({
    runs: 'script',
    script: { text: match[1] ?? match[2] ?? '', known: code?.known ?? false },
    by: 'backquotes',
  }));

/** Options of awk that load a program, or write one. */
const AWK_FILE = /^-[a-zA-Z]*(i|f)$|^-[bcCghkMnNOPrsStV]*[fEildpoW]|^--(fi|inc|lo|e|du|pre|prof|de)/;

/** What is left of a program without its strings and what stands in brackets: there `>` compares. */
const withoutBrackets = (text: string): string => {
  let [before, left] = ['', text.replace(/"(?:[^"\\]|\\.)*"/g, '""')];
  while (before !== left) [before, left] = [left, left.replace(/\([^()]*\)/g, '')];
  return left;
};

export const awk: Carrier = ({ argv }) => {
  const texts = argv.slice(1).map(({ text }) => text.slice(0, 4_000));
  const calls = texts.flatMap((text) => [...text.matchAll(/system\s*\(\s*"((?:[^"\\]|\\.)*)"\s*\)/g)]);
  const pipes = texts.flatMap((text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*\|\s*getline|\|\s*"((?:[^"\\]|\\.)*)"/g)]);
  const runs = texts.some((text) => /\bsystem\s*\(|\|\s*getline|\|\s*&?\s*["a-z]/.test(text));
  const writes = texts.some((text) => /print[^;}]*>\s*"/.test(text) || /\bprintf?\b[^;}\n]*[>|]/.test(withoutBrackets(text)));
  const indirect = texts.some((text) => /@\s*(include|load|namespace)\b|@\s*\w+\s*\(/.test(text));
  const unknown = [
    ...(runs && calls.length + pipes.length === 0 ? ['awk runs a command that it puts together'] : []),
    ...(pipes.length > 0 ? ['awk pipes to a program'] : []),
    ...(writes ? ['awk writes to a file'] : []),
    ...(indirect || texts.some((text) => AWK_FILE.test(text)) ? ['awk runs a file'] : []),
  ];
  const carried: Carried[] = [...calls.map((call) => call[1] ?? ''), ...pipes.map((pipe) => pipe[1] ?? pipe[2] ?? '')].map(
    (text) => ({ runs: 'script', script: { text: text.replace(/\\(.)/g, '$1'), known: true }, by: 'awk' }),
  );
  return { carried, unknown };
};
