import type { Arg, Invocation } from './command-fact.js';
import type { Carried, Carrier, CarrierReading } from './carried.js';
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
  /** The first operand with which it sends SQL at all: `bq query`. */
  readonly verb?: RegExp;
}

const EXECUTE = /^(?:-e|--execute=?)(.*)$/s;

const CLIENTS: Record<string, SqlClient> = {
  psql: {
    dialect: 'postgres',
    option: /^(?:-[a-zA-Z]*c|--command=?)(.*)$/s,
    valued: ['-h', '-U', '-d', '-p', '-v', '-o', '-F', '-P', '-R', '-T', '--host', '--username', '--dbname', '--set'],
    file: /^(-f|--file)/,
  },
  pgcli: { dialect: 'postgres', operand: 9 },
  cockroach: { dialect: 'postgres', option: EXECUTE, file: /^(-f|--file)/, verb: /^sql$/ },
  mysql: { dialect: 'other', option: EXECUTE, valued: ['-h', '-u', '-P', '-D', '-S'] },
  mariadb: { dialect: 'other', option: EXECUTE, valued: ['-h', '-u', '-P', '-D', '-S'] },
  mycli: { dialect: 'other', option: EXECUTE, valued: ['-h', '-u', '-P', '-D'] },
  sqlcmd: { dialect: 'other', option: /^-[qQ](.*)$/s, valued: ['-S', '-U', '-P', '-d'], file: /^-i/ },
  'clickhouse-client': {
    dialect: 'other',
    option: /^(?:-q|--query=?)(.*)$/s,
    valued: ['-h', '--host', '-u', '--user'],
    file: /^--queries-file/,
  },
  clickhouse: { dialect: 'other', option: /^(?:-q|--query=?)(.*)$/s, file: /^--queries-file/, verb: /^(client|local)$/ },
  sqlite3: { dialect: 'other', operand: 1, option: /^-cmd()$/, file: /^-init$/, valued: ['-separator', '-nullvalue'] },
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

const carrier =
  ({ dialect, option, valued = [], file, operand, verb }: SqlClient): Carrier =>
  ({ argv, stdin, pipedFrom }: Invocation): CarrierReading => {
    const tool = baseName(argv[0]?.text ?? '');
    const words = argv.slice(1);
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
    });
    const given = operand === undefined ? undefined : operands[operand];
    if (given && carried.length === 0) send(given);
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
