/** A piece of a program: enough to tell calls and their literal arguments from text that only looks like them. */
export interface Token {
  readonly kind: 'name' | 'text' | 'other';
  /** Names with their dots as written (`os.remove`, `.rmSync`); texts without their quotes. */
  readonly text: string;
  /** True for a text that holds parts of program again, such as `${…}`, and for what runs as a command in Perl and Ruby. */
  readonly dynamic: boolean;
}

export interface Call {
  readonly name: string;
  /** The words of its first argument when that is a text, or a list of texts; undefined when it is anything else. */
  readonly argument: string | readonly string[] | undefined;
}

const CODE_MAX = 8_000;
const PIECE =
  /("""|''')([\s\S]*?)(?:\1|$)|(["'`])((?:\\[\s\S]|(?!\3)[^\\])*)(?:\3|$)|(#(?![{!])[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|((?:\.|::)?[$@%]?[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)*)|\s+|([\s\S])/g;

/** The tokens of a program in one of the scripting languages; comments and blanks left out. */
export const tokensOf = (code: string): Token[] => {
  const tokens: Token[] = [];
  for (const match of code.slice(0, CODE_MAX).matchAll(PIECE)) {
    const [, , triple, quote, single, , name, sign] = match;
    const inside = triple ?? single;
    if (inside !== undefined) {
      const prefix = tokens.at(-1)?.text ?? '';
      const dynamic =
        quote === '`' || /[$#@]\s*\{|\$[A-Za-z_(]/.test(inside) || (/^[rb]?f[rb]?$/i.test(prefix) && inside.includes('{'));
      tokens.push({ kind: 'text', text: inside.replace(/\\(["'`\\])/g, '$1'), dynamic });
    } else if (name !== undefined) tokens.push({ kind: 'name', text: name, dynamic: false });
    else if (sign !== undefined) tokens.push({ kind: 'other', text: sign, dynamic: false });
  }
  return tokens;
};

/** Every name that is called, with or without brackets. */
export const callsOf = (tokens: readonly Token[]): Call[] =>
  tokens.flatMap((token, index): Call[] => {
    if (token.kind !== 'name') return [];
    const after = tokens[index + 1];
    const bracket = after?.text === '(';
    if (!bracket && after?.kind !== 'text' && after?.kind !== 'name') return [];
    return [{ name: token.text, argument: argumentAt(tokens, index + (bracket ? 2 : 1)) }];
  });

const argumentAt = (tokens: readonly Token[], at: number): Call['argument'] => {
  const first = tokens[at];
  const next = tokens[at + 1];
  if (first?.kind === 'text') {
    if (first.dynamic || next?.kind === 'text' || /^[+.%*]/.test(next?.text ?? '')) return undefined;
    const others = next?.text === ',' && !/\s/.test(first.text) ? textsFrom(tokens, at + 2) : [];
    return others.length > 0 ? [first.text, ...others] : first.text;
  }
  return first?.text === '[' ? textsFrom(tokens, at) : undefined;
};

/** The texts of a list of arguments, whether in square brackets or not, up to the first that is no plain text. */
const textsFrom = (tokens: readonly Token[], at: number): string[] => {
  const words: string[] = [];
  for (const { kind, text, dynamic } of tokens.slice(at, at + 64)) {
    if (kind === 'text' && !dynamic) words.push(text);
    else if (kind !== 'other' || !/^[,[]$/.test(text)) break;
  }
  return words;
};

const DELETES =
  /(^|\.|::)(rmtree|rm_rf|rm_r|rm_f|remove_entry\w*|remove_dir|removedirs|rmSync|rmdirSync|unlinkSync|truncateSync|rimraf|unlink|rmdir)$|^os\.(remove|truncate)$|^(File|Dir|FileUtils)(\.|::)(delete|unlink|rm|remove|rmdir|truncate)$|^(Deno\.remove|fs\.(promises\.)?rm)|(\.|::|->)(drop_?(database|collection|table)|delete_?many|flush_?all|flush_?db)$|\.(delete|terminate|destroy|purge)_\w+$/i;

/** True when the program names, under whatever name it calls it later, something that deletes files, tables or cloud resources. */
export const deletes = (tokens: readonly Token[]): boolean =>
  tokens.some(({ kind, text }) => kind === 'name' && DELETES.test(text));

const CONNECTS = /socket|TCPSocket|fsockopen|net\.connect|createConnection|IO::Socket|INET/i;
const HANDS_OVER = /dup2|pty\.spawn|proc_open|(^|\.|::)(exec|spawn|system|popen|call|Popen)$/;

/** True when the program opens a connection and hands a shell to it. */
export const handsShellOver = (tokens: readonly Token[]): boolean =>
  tokens.some(({ kind, text }) => kind === 'name' && CONNECTS.test(text)) &&
  tokens.some(({ kind, text }) => kind === 'name' && HANDS_OVER.test(text)) &&
  tokens.some(({ kind, text }) => kind === 'text' && /(^|\/)(ba|z|da|c|k)?sh\b/.test(text));

/** Names that print, count or read what was piped in, and do nothing else. */
const INERT = new Set(
  `print puts p pp say echo printf console.log console.error len str int float bool sum min max sorted reversed range list dict set tuple round abs repr
  enumerate zip map filter any all import from as sys json math datetime time platform re if else for in and or not is lambda True False None true false null
  nil var let const of json.load json.loads json.dumps json.tool JSON.parse JSON.stringify sys.stdin sys.stdin.read sys.stdin.readlines sys.version sys.version_info
  sys.argv sys.path sys.platform platform.platform platform.python_version time.time datetime.datetime.now datetime.now math.floor math.ceil math.sqrt Math.max
  Math.min Math.round Math.floor process.version process.versions process.argv process.platform RUBY_VERSION PHP_VERSION phpversion`.split(
    /\s+/,
  ),
);
const INERT_METHODS = new Set(
  'get keys values items join split strip rstrip lstrip lower upper startswith endswith count index length map filter append sort replace encode decode'.split(
    ' ',
  ),
);

/** True when nothing in the program can do more than print: every name is on a list or a variable of its own. */
export const isInert = (tokens: readonly Token[]): boolean => {
  const own = new Set<string>();
  tokens.forEach(({ kind, text }, index) => {
    const before = tokens[index - 1]?.text ?? '';
    const after = tokens[index + 1]?.text ?? '';
    if (kind === 'name' && (before === 'for' || (after === '=' && before !== 'import' && before !== 'as'))) own.add(text);
  });
  return tokens.every(({ kind, text, dynamic }) => {
    if (kind === 'text') return !dynamic;
    if (kind === 'other') return !/[`<\\]/.test(text);
    const [head = '', ...rest] = text.split('.');
    return (
      INERT.has(text) || ((head === '' || own.has(head)) && !own.has('print') && rest.every((part) => INERT_METHODS.has(part)))
    );
  });
};
