import type { Record as SessionRecord, SignedHead, Verification } from '@inquest/record';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { CommandError, EXIT } from '../exit-codes.js';
import { wrap } from '../render/text.js';
import { count } from '../render/units.js';
import { recordAddress } from '../record-address.js';
import type { CommandContext } from '../server.js';
import type { Register } from './register.js';

interface VerifyOptions {
  readonly json?: true;
  readonly anchor?: string;
  readonly publicKey?: string;
  /** False with `--no-note`. */
  readonly note?: boolean;
}

const HELP = `
Reads Postgres itself, not through the gateway: DATABASE_URL, else the running standalone server's.
An anchor is a file of ledger heads that was kept outside Postgres, one per line; the standalone server
keeps one in its data directory. With it a cut-off or rewritten tail is found too; without it, the output
says since when the tail is not provable. That it was verified, and with what result, is put on record.

Exit codes: 0 the record is what was written, 4 it is not.

Examples:
  $ npx inquest audit verify
  $ npx inquest audit verify --anchor heads.jsonl --public-key ledger.pem --json
`;

export const registerVerify: Register = (audit, context) =>
  void audit
    .command('verify')
    .description('Checks every row on record against the ledger, and says what was changed, removed or cut off.')
    .option('--anchor <file>', 'heads of the ledger, kept outside Postgres')
    .option('--public-key <file>', 'Ed25519 key (PEM) that the heads must be signed with')
    .option('--no-note', 'do not put on record that it was verified')
    .option('--json', 'print the verification as one line of JSON')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<VerifyOptions>();
      const { url, headsFile } = await recordAddress(context);
      const anchor = options.anchor ?? headsFile;
      const verification = await verify(url, { ...options, ...(anchor && { anchor }) }, context);
      if (options.json) context.terminal.out(JSON.stringify(verification));
      else for (const line of render(verification, context.terminal.style)) context.terminal.out(line);
      if (!verification.ok) throw new CommandError('', EXIT.different);
    });

const verify = async (
  url: string,
  { anchor, publicKey, note }: VerifyOptions,
  { terminal }: CommandContext,
): Promise<Verification> => {
  const { openRecord, readHeads, RecordUnreachableError } = await import('@inquest/record'); // Heavy: only who verifies pays for it.
  const heads = anchor === undefined ? undefined : readAnchor(anchor, await file(anchor), readHeads);
  const key = publicKey === undefined ? undefined : await file(publicKey);
  const record = await openRecord(url, { max: 2, name: 'inquest-verify' }).catch((error: unknown) => {
    throw error instanceof RecordUnreachableError ? new CommandError(error.message, EXIT.unreachable) : error;
  });
  try {
    const verification = await record.ledger.verify({ ...(heads && { anchor: heads }), ...(key && { publicKey: key }) });
    if (note !== false) await putOnRecord(record, verification, terminal);
    return verification;
  } finally {
    await record.close();
  }
};

/** So that alerts can tell how long ago it was; who may only read verifies all the same. */
const putOnRecord = async (
  record: SessionRecord,
  { ok, rows, entries, findingsTotal, provenTo }: Verification,
  { environment, err }: CommandContext['terminal'],
): Promise<void> => {
  const reason = ok
    ? 'The record is what was written.'
    : `The record is not what was written: ${count(findingsTotal, 'finding')}.`;
  const data = { findings: findingsTotal, rows, entries, provenTo: provenTo?.n ?? null };
  const actor = environment.USER || hostname();
  try {
    await record.controls.note({ kind: 'ledger-verified', subject: 'all', actor, reason, data });
  } catch (error) {
    err(`That it was verified could not be put on record: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const file = async (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new CommandError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, EXIT.usage);
  });

const readAnchor = (path: string, text: string, readHeads: (text: string) => SignedHead[]): SignedHead[] => {
  try {
    return readHeads(text);
  } catch {
    throw new CommandError(
      `${path} holds no ledger heads.`,
      EXIT.usage,
      'Each line must be {"n": …, "root": …, "at": …, "signature": …}.',
    );
  }
};

const render = (verification: Verification, { colour, glyph, width }: CommandContext['terminal']['style']): string[] => {
  const { ok, rows, entries, head, findings, findingsTotal, limits, provenTo, tailUnprovenSince } = verification;
  const title = ok
    ? `${colour.green(glyph.yes)} ${colour.bold('The record is what was written.')}`
    : `${colour.red(glyph.no)} ${colour.bold(`The record is not what was written: ${count(findingsTotal, 'finding')}.`)}`;
  const hidden = findingsTotal - findings.length;
  return [
    title,
    `  ${count(rows, 'row')} and ${count(entries, 'ledger entry', 'ledger entries')} checked${head ? `; head ${head.n} is ${head.root.slice(0, 16)}… of ${head.at}` : ''}`,
    ...(provenTo ? [`  proven by the anchor up to entry ${provenTo.n} of ${provenTo.at}`] : []),
    ...(tailUnprovenSince
      ? [colour.yellow(`  not provable since ${tailUnprovenSince}: keep heads outside Postgres and give them with --anchor`)]
      : []),
    ...findings.flatMap(({ kind, text }) => ['', `  ${colour.red(kind)}`, ...wrap(text, width - 4).map((line) => `    ${line}`)]),
    ...(hidden > 0 ? ['', `  and ${hidden} more`] : []),
    ...(limits.length > 0 ? [''] : []),
    ...limits.flatMap((limit) => wrap(limit, width - 2).map((line) => colour.yellow(`  ${line}`))),
  ];
};
