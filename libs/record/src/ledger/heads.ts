import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** The ledger's latest entry: its number and the root that commits to every row before. */
export interface LedgerHead {
  readonly n: number;
  /** SHA-256 in hex. */
  readonly root: string;
  /** RFC 3339, UTC, microseconds. */
  readonly at: string;
}

/** A head as kept outside Postgres: in a log, a file, a ConfigMap. `signature` is base64 Ed25519; null when no key is configured. */
export const SignedHead = z.object({
  n: z.int().min(1),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime({ offset: true }),
  signature: z.string().max(200).nullable().default(null),
});
export type SignedHead = z.infer<typeof SignedHead>;

const signedText = ({ n, root, at }: LedgerHead): Buffer => Buffer.from(`inquest-ledger/1 ${n} ${root} ${at}`, 'utf8');

/** @param privateKey Ed25519, PKCS 8 PEM; without one the head is kept unsigned. */
export const signHead = (head: LedgerHead, privateKey?: string): SignedHead => {
  const { n, root, at } = head;
  const signature =
    privateKey === undefined ? null : sign(null, signedText(head), createPrivateKey(privateKey)).toString('base64');
  return { n, root, at, signature };
};

/** @param publicKey Ed25519, SPKI PEM (a private key's PEM will do too). */
export const verifyHead = (head: SignedHead, publicKey: string): boolean =>
  head.signature !== null && verify(null, signedText(head), createPublicKey(publicKey), Buffer.from(head.signature, 'base64'));

/** One line of an anchor file. */
export const headLine = (head: SignedHead): string => `${JSON.stringify(head)}\n`;

/** Reads an anchor file: a JSON object per line; log lines around them (`{"ledgerHead": {…}}`) are understood too. */
export const readHeads = (text: string): SignedHead[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Line.parse(JSON.parse(line)))
    .map((line) => ('ledgerHead' in line ? line.ledgerHead : line));

const Line = z.union([z.object({ ledgerHead: SignedHead }), SignedHead]);
