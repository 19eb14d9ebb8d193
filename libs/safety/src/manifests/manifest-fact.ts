/** What one document of a manifest, or one patch, asks the cluster for. */
export interface ManifestFact {
  /** Kind as written, in lower case; empty for a patch. */
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Named findings, e.g. `privileged-pod`, `rbac-widening`, `scale-to-zero`, `image-unpinned`, `unreadable-manifest`. */
  readonly marks: readonly string[];
}

export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
