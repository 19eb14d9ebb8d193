import type { EvidenceItem, EvidenceSnapshot, Incident } from '@inquest/contracts';
import { isAnswer } from '../entities/sources.js';

type Node = Readonly<Record<string, unknown>>;

/** Members that say what a record of a change is about. */
const SUBJECTS = (
  'name app application service workload deployment statefulset daemonset component resource object target release ' +
  'kustomization involved_object'
).split(' ');
/** Members that say what was changed, from what, to what, or when. */
const CHANGES = new Set(
  (
    'revision version image tag commit sha digest old_version new_version from_version to_version previous_version ' +
    'old_image new_image deployedat deployed_at rolled_out_at released_at merged_at applied_at synced_at changed_at change_type'
  ).split(' '),
);
/** Questions to release tools about one thing, whose answer is the list of its changes. */
const HISTORY = /^(?:argocd app (?:history|diff)|helm (?:-n \S+ )?history|kubectl (?:-n \S+ )?rollout history)\s/;
const DEPTH_MAX = 12;

/**
 * Whether `changes` shows that the named thing was changed: by a record whose members name it and say what changed, or by a
 * release tool that was asked for its history and had one. Words in titles, diffs and commit messages count for nothing: anyone
 * may write those. A change of another thing is not one.
 */
export const changedRecently = (snapshot: EvidenceSnapshot, _incident: Incident, name: string): boolean =>
  snapshot.changes.filter(isAnswer).some((item) => isHistoryOf(item, name) || recordsChange(item.json, name, 0));

const isHistoryOf = ({ invocation = '' }: EvidenceItem, name: string): boolean =>
  HISTORY.test(invocation) && invocation.split(/\s+/).some((word) => isAbout(word, name));

const recordsChange = (value: unknown, name: string, depth: number): boolean => {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.some((item) => recordsChange(item, name, depth + 1));
  const node = value as Node;
  const subjects = Object.entries(node).filter(([key]) => SUBJECTS.includes(key.toLowerCase()));
  const isSubject =
    subjects.some(([, subject]) => isAbout(subject, name)) || isAbout((node['metadata'] as Node | null)?.['name'], name);
  return (isSubject && tellsChange(node, 0)) || Object.values(node).some((inner) => recordsChange(inner, name, depth + 1));
};

const tellsChange = (node: unknown, depth: number): boolean =>
  typeof node === 'object' &&
  node !== null &&
  depth <= 3 &&
  Object.entries(node).some(([key, value]) => (CHANGES.has(key.toLowerCase()) && isTold(value)) || tellsChange(value, depth + 1));

const isTold = (value: unknown): boolean => typeof value === 'number' || (typeof value === 'string' && value !== '');

/** `web`, or `deployment/web` and `shop/web`, whose last part it is. */
const isAbout = (word: unknown, name: string): boolean =>
  typeof word === 'string' && (word === name || word.endsWith(`/${name}`));
