import { cutShort } from '../cut-short.js';
import type { Json } from '../collector.js';
import type { Affected } from './related.js';
import type { ReplicaSet } from './objects.js';

const DAY_MS = 24 * 60 * 60_000;
const REVISIONS_MAX = 10;
const DIFF_LINES_MAX = 60;
const VALUE_MAX = 200;
const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export interface Revision {
  /** `Deployment/web`. */
  readonly object: string;
  readonly revision: number;
  /** When its first pod could come, RFC 3339; null when unknown. A revision that was gone back to keeps the time of its first day. */
  readonly at: string | null;
  readonly cause: string;
  readonly images: readonly string[];
  readonly replicas: number;
  /** Against the revision before; empty for the first one that is known. */
  readonly diff: string;
}

/** The rollout history of the Deployments, oldest first. */
export const revisionsOf = ({ workloads }: Pick<Affected, 'workloads'>, replicaSets: readonly ReplicaSet[]): Revision[] =>
  workloads
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ metadata: { name } }) => {
      const own = replicaSets
        .filter(({ metadata }) =>
          (metadata.ownerReferences ?? []).some((owner) => owner.kind === 'Deployment' && owner.name === name),
        )
        .sort((a, b) => revisionNumber(a) - revisionNumber(b));
      return own.map((set, index) => revisionOf(name, set, own[index - 1])).slice(-REVISIONS_MAX);
    });

export const isRecent = ({ at }: Revision, onsetMs: number, toMs: number): boolean =>
  at !== null && Date.parse(at) >= onsetMs - DAY_MS && Date.parse(at) <= toMs;

/** As evidence of a change: the diff, else what is known of it. */
export const changeOf = ({ object, revision, at, cause, images, diff }: Revision): Json => ({
  ...{ object, revision, at, images: [...images] },
  ...(diff === ''
    ? { message: `${object} revision ${revision} with ${images.join(', ')}. ${cause}`.trim() }
    : { diff: `${object} revision ${revision}${cause === '' ? '' : `: ${cause}`}\n${diff}` }),
});

const revisionNumber = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0);

const revisionOf = (deployment: string, set: ReplicaSet, before: ReplicaSet | undefined): Revision => ({
  object: `Deployment/${deployment}`,
  revision: revisionNumber(set),
  at: set.metadata.creationTimestamp ?? null,
  cause: set.metadata.annotations?.[CHANGE_CAUSE] ?? '',
  images: [...leavesOf(set.spec?.template ?? {})].filter(([path]) => path.endsWith('.image')).map(([, image]) => image),
  replicas: set.spec?.replicas ?? 0,
  diff: before ? diffOf(before.spec?.template ?? {}, set.spec?.template ?? {}) : '',
});

const HASH_LABEL = 'metadata.labels.pod-template-hash';
/** Names of variables may have dots. */
const VARIABLE = /\.(?:env|httpHeaders)\..+\.value$/;

const diffOf = (before: unknown, after: unknown): string => {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => path !== HASH_LABEL && old.get(path) !== now.get(path),
  );
  const lines = paths.sort().flatMap((path) => {
    // Values of variables stay where they are: too many of them are secrets.
    if (VARIABLE.test(path))
      return [`-${path}: (a value)`, `+${path}: (another value)`].slice(old.has(path) ? 0 : 1, now.has(path) ? 2 : 1);
    return [...(old.has(path) ? [`-${path}: ${old.get(path)}`] : []), ...(now.has(path) ? [`+${path}: ${now.get(path)}`] : [])];
  });
  return lines.slice(0, DIFF_LINES_MAX).join('\n');
};

/** Every value by its path, `spec.containers.web.image`; members of lists go by their name, where they have one. */
const leavesOf = (value: unknown, path = ''): Map<string, string> => {
  if (value === null || typeof value !== 'object') return new Map([[path, textOf(value)]]);
  const members = Array.isArray(value)
    ? value.map((member, index) => [nameOf(member) ?? String(index), member] as const)
    : Object.entries(value);
  return new Map(members.flatMap(([key, member]) => [...leavesOf(member, path === '' ? key : `${path}.${key}`)]));
};

const nameOf = (member: unknown): string | undefined =>
  member !== null && typeof member === 'object' && 'name' in member && typeof member.name === 'string' ? member.name : undefined;

const textOf = (value: unknown): string => cutShort(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), VALUE_MAX);
