import type { Arg, Invocation } from './command-fact.js';
import type { Carried, Carrier, CarrierReading } from './carried.js';
import { completed } from './abbreviations.js';
import { baseName } from './wrappers.js';

/** How a client is told what to send. */
interface SqlClient {
  readonly dialect: 'postgres' | 'other';
  /** The option that is followed by SQL; its first group holds what is attached to it. */
  readonly option?: RegExp;
  /** Options whose value is the next word. */
  readonly valued?: readonly string[];
  /** Options that name a file with SQL. */
  readonly file?: RegExp;
  /** Which operand is SQL, counted from 0, when operands can be. */
  readonly operand?: number;
  /** True when all operands from that one on are SQL. */
  readonly several?: true;
  /** Options that write a file, or name a program, whatever is sent. */
  readonly writes?: RegExp;
  /** Long options that may be shortened. */
  readonly long?: readonly string[];
  /** The first operand with which it sends SQL at all: `bq query`. */
  readonly verb?: RegExp;
}

const MYSQL: SqlClient = {
  dialect: 'other',
  option: /^(?:-[a-zA-Z]*e|--(?:execute|init-command(?:-add)?)=?)(.*)$/s,
  valued: ['-h', '-u', '-P', '-D', '-S'],
  writes: /^--(pager|tee|plugin-dir|defaults-(extra-)?file|load-data-local-dir)/,
  long: ['execute', 'init-command', 'pager', 'tee', 'plugin-dir'],
};

const EXECUTE = /^(?:-e|--execute=?)(.*)$/s;

const CLIENTS: Record<string, SqlClient> = {
  psql: {
    dialect: 'postgres',
    option: /^(?:-[a-zA-Z0-9]*c|--command=?)(.*)$/s,
    valued: ['-h', '-U', '-d', '-p', '-v', '-o', '-F', '-P', '-R', '-T', '--host', '--username', '--dbname', '--set'],
    file: /^(-[a-zA-Z0-9]*f|--file)/,
    writes: /^(-[1aAbeElnqsStwWxXz]*[oL]|--(output|log-file))/,
    long: ['command', 'file', 'output', 'log-file'],
  },
  pgcli: { dialect: 'postgres', operand: 9 },
  cockroach: { dialect: 'postgres', option: EXECUTE, file: /^(-f|--file)/, verb: /^sql$/ },
  mysql: MYSQL,
  mariadb: MYSQL,
  mycli: { dialect: 'other', option: EXECUTE, valued: ['-h', '-u', '-P', '-D'] },
  sqlcmd: { dialect: 'other', option: /^-[qQ](.*)$/s, valued: ['-S', '-U', '-P', '-d'], file: /^-i/ },
  'clickhouse-client': {
    dialect: 'other',
    option: /^(?:-q|--query=?)(.*)$/s,
    valued: ['-h', '--host', '-u', '--user'],
    file: /^--queries-file/,
  },
  clickhouse: { dialect: 'other', option: /^(?:-q|--query=?)(.*)$/s, file: /^--queries-file/, verb: /^(client|local)$/ },
  sqlite3: {
    dialect: 'other',
    operand: 1,
    several: true,
    option: /^--?cmd()$/,
    file: /^--?init$/,
    valued: ['-separator', '-nullvalue', '-cmd', '--cmd'],
  },
  duckdb: { dialect: 'other', operand: 1, option: /^-(?:c|s)(.*)$/s, file: /^(-init|-f)$/ },
  cqlsh: { dialect: 'other', option: EXECUTE, valued: ['-u', '-p', '-k'], file: /^(-f|--file)/ },
  bq: { dialect: 'other', operand: 1, verb: /^query$/ },
  snowsql: { dialect: 'other', option: /^(?:-q|--query=?)(.*)$/s, valued: ['-a', '-u', '-d', '-s'], file: /^(-f|--filename)/ },
  beeline: { dialect: 'other', option: /^-e(.*)$/s, valued: ['-u', '-n', '-p'], file: /^-f$/ },
  hive: { dialect: 'other', option: /^-e(.*)$/s, file: /^-f$/ },
  trino: { dialect: 'other', option: /^--execute=?(.*)$/s, valued: ['--server', '--catalog', '--schema'], file: /^(-f|--file)/ },
  sqlplus: { dialect: 'other' },
  isql: { dialect: 'other' },
  influx: { dialect: 'other', option: /^-execute=?(.*)$/s },
};

const LOOKS_ONLY = /^(-l|--list|-V|--version|--help|-\?)$/;

/** An output that goes to a file of its own under /tmp. */
const intoTmp = (option: string, next = ''): boolean =>
  /^\/tmp\/[\w.-]+$/.test(option.startsWith('--') && option.includes('=') ? option.slice(option.indexOf('=') + 1) : next);

const carrier =
  ({ dialect, option, valued = [], file, operand, several, writes, long = [], verb }: SqlClient): Carrier =>
  ({ argv, stdin, pipedFrom }: Invocation): CarrierReading => {
    const tool = baseName(argv[0]?.text ?? '');
    const words = argv.slice(1).map(({ text, known }) => ({ text: completed(text, long), known }));
    const operands = words.filter(({ text }, index) => !text.startsWith('-') && !valued.includes(words[index - 1]?.text ?? ''));
    if (verb && !verb.test(operands[0]?.text ?? '')) return { carried: [], unknown: [] };
    const carried: Carried[] = [];
    const unknown: string[] = [];
    const send = (sql: Arg): number => carried.push({ runs: 'sql', sql, dialect, by: tool });
    words.forEach((word, index) => {
      if (valued.includes(words[index - 1]?.text ?? '')) return;
      const inline = option?.exec(word.text);
      const sql = inline && (inline[1] ? { text: inline[1], known: word.known } : words[index + 1]);
      if (sql) send(sql);
      if (file?.test(word.text)) unknown.push(`${tool} runs a file`);
      if (writes?.test(word.text) && !intoTmp(word.text, words[index + 1]?.text))
        unknown.push(`${tool} writes a file or starts a program`);
    });
    const given = operand === undefined ? [] : operands.slice(operand, several ? undefined : operand + 1);
    if (several || carried.length === 0) given.forEach(send);
    if (carried.length === 0 && stdin?.known) send(stdin);
    else if (carried.length === 0 && (stdin || pipedFrom.length > 0)) unknown.push(`${tool} runs what it reads`);
    if (carried.length + unknown.length === 0 && !words.some(({ text }) => LOOKS_ONLY.test(text)))
      unknown.push(`${tool} opens a prompt`);
    return { carried, unknown };
  };

/** Clients that send SQL, each reading its own command line. */
export const SQL_CLIENTS: Record<string, Carrier> = Object.fromEntries(
  Object.entries(CLIENTS).map(([name, client]) => [name, carrier(client)]),
);
