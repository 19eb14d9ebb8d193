import type { Dimension, EvidenceItem, EvidenceSnapshot } from '@inquest/contracts';
import { kindOf } from '../commands/tools/kubectl.js';

/**
 * Best first: what the API server says of its objects outranks what alert rules say of them. Logs, traces and history are
 * missing on purpose, since programs, their users and earlier authors write those.
 */
const DIMENSIONS: readonly Dimension[] = ['kubernetes', 'topology', 'changes', 'metrics', 'alerts'];
/** Where tools answer about the system itself; texts of alerts and changes are in their authors' words. */
const PRINTING: ReadonlySet<Dimension> = new Set(['kubernetes', 'topology', 'metrics']);

/** What a tool printed, of a shape whose fields can be told from free text. */
export interface Printed {
  readonly shape: 'table' | 'description' | 'psql';
  readonly text: string;
  /** Kind that the command asks for, e.g. `pod` of `kubectl describe pod web-1`. */
  readonly kind?: string;
  /** Namespace that the command is limited to. */
  readonly namespace?: string;
}

/** The parts of one piece of evidence from which names may be taken. */
export interface Source {
  readonly evidenceId: string;
  readonly dimension: Dimension;
  /** The item's JSON and the labels of its series. */
  readonly fields: readonly unknown[];
  readonly printed?: Printed;
  /** Namespace that the query is limited to, whatever came of it. */
  readonly namespace?: string;
}

/** Where entities may come from: answered queries to trusted tools; of what they print, shapes with columns or fields alone. */
export const sourcesOf = (snapshot: EvidenceSnapshot): Source[] =>
  DIMENSIONS.flatMap((dimension) =>
    snapshot[dimension].filter(isAnswer).map((item): Source => {
      const command = commandOf(item);
      const printed = PRINTING.has(dimension) ? printedBy(command, item.text) : undefined;
      const namespace = NAMESPACE_FLAG.exec(command)?.[1];
      return {
        evidenceId: item.id,
        dimension,
        fields: [
          ...(item.json === undefined || item.json === null ? [] : [item.json]),
          ...(item.series ?? []).map(({ labels }) => labels),
        ],
        ...(printed && { printed }),
        ...(namespace !== undefined && { namespace }),
      };
    }),
  );

/** A failed or empty query shows nothing, and what others recall or supply proves nothing. */
export const isAnswer = ({ status, trusted }: EvidenceItem): boolean => trusted && (status === 'ok' || status === 'truncated');

/** How the tool was called, in the collector's words; a title only where there is nothing else and it is itself a call. */
const commandOf = ({ tool, invocation, title }: EvidenceItem): string =>
  tool === undefined && invocation === undefined ? titleIfCall(title) : [invocation, tool].filter(Boolean).join('\n');

const titleIfCall = (title: string): string => (/^(?:kubectl|kube-lineage|helm|psql)[ _]/.test(title) ? title : '');

const NAMESPACE_FLAG = /(?<=^|\s)(?:-n|--namespace)[ =]([a-z0-9][-a-z0-9]{0,62})(?=\s|$)/m;
const GET = /\bkubectl(?: -{1,2}\S+| [a-z0-9][-a-z0-9]*)? get\b|\bkubectl_get_by|\b(?:kube-|kubectl[ _])lineage/;
const DESCRIBE = /\bkubectl(?:_| (?:-{1,2}\S+ )?(?:[-a-z0-9]+ )?)describe\b(?: (?:-n \S+ )?([a-z]{2,40}))?/;
const DESCRIBED = new Set(
  'pod deployment statefulset daemonset replicaset node service job cronjob namespace persistentvolumeclaim horizontalpodautoscaler'.split(
    ' ',
  ),
);
/** Columns of the caller's choice may show anything; events tell what programs said. */
const FREE_FORM = /\s-o[ =]?(?!wide|name)\w|--output[ =]|--template|\bevents?\b/;
const PSQL = /\b(?:psql|pg_stat_activity|pg_locks|pg_blocking_pids)\b/;

const printedBy = (command: string, text: string | undefined): Printed | undefined => {
  if (text === undefined) return undefined;
  const namespace = NAMESPACE_FLAG.exec(command)?.[1];
  const place = namespace === undefined ? {} : { namespace };
  const [described, word = ''] = DESCRIBE.exec(command) ?? [];
  const kind = DESCRIBED.has(kindOf(word)) ? { kind: kindOf(word) } : {};
  if (described !== undefined) return { shape: 'description', text, ...kind, ...place };
  if (GET.test(command) && !FREE_FORM.test(command)) return { shape: 'table', text, ...place };
  return PSQL.test(command) ? { shape: 'psql', text } : undefined;
};
