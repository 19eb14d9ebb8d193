import type { Carried, Carrier } from './carried.js';
import { baseName } from './wrappers.js';

const INTERPRETER_CODE = /^(-c|-e|-E|-r|--eval|-pe|-ne|-le|-p)$/;
export const interpreter: Carrier = ({ argv, stdin, pipedFrom }) => {
  const tool = baseName(argv[0]?.text ?? '');
  const words = argv.slice(1);
  if (words.length > 0 && words.every(({ text }) => /^(-V|-v|--version|-h|--help)$/.test(text)))
    return { carried: [], unknown: [] };
  const at = words.findIndex(({ text }) => INTERPRETER_CODE.test(text));
  const code = at >= 0 ? words[at + 1] : stdin;
  // Calls that hand a literal to a shell are followed; the rest of the program stays unread.
  const calls = [
    ...(code?.text
      .slice(0, 20_000)
      .matchAll(
        /(?:system|popen|exec|execSync|spawn|call|run|check_output|check_call|passthru|shell_exec)\s*\(?\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g,
      ) ?? []),
  ];
  const carried: Carried[] = calls.map((call) => ({
    runs: 'script',
    script: { text: (call[2] ?? '').replace(/\\(.)/g, '$1'), known: code?.known ?? false },
    by: tool,
  }));
  const lists = [
    ...(code?.text
      .slice(0, 20_000)
      .matchAll(/(?:call|run|Popen|check_output|check_call|spawn|spawnSync|execFileSync|system)\s*\(\s*\[([^\]]*)\]/g) ?? []),
  ];
  for (const list of lists) {
    const argvOf = [...(list[1] ?? '').matchAll(/(["'])(.*?)\1/g)].map((match) => ({ text: match[2] ?? '', known: true }));
    if (argvOf.length > 0) carried.push({ runs: 'words', argv: argvOf, by: tool });
  }
  const reads = pipedFrom.length > 0 || stdin !== undefined || words.length > 0;
  return { carried, unknown: reads || code ? [`${tool} runs a program that is not read`] : [`${tool} opens a prompt`] };
};

export const awk: Carrier = ({ argv }) => {
  const calls = argv.slice(1).flatMap(({ text }) => [...text.matchAll(/system\s*\(\s*"((?:[^"\\]|\\.)*)"/g)]);
  const pipes = argv.slice(1).some(({ text }) => /\|\s*(?:"|getline)|"\s*\|/.test(text));
  return {
    carried: calls.map((call) => ({
      runs: 'script',
      script: { text: (call[1] ?? '').replace(/\\(.)/g, '$1'), known: true },
      by: 'awk',
    })),
    unknown: pipes ? ['awk pipes to a program'] : [],
  };
};
