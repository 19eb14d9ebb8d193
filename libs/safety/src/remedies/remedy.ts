import { z } from 'zod';
import type { Undo } from '@inquest/contracts';
import type { Entities, Entity } from '../entities.js';
import { IMAGE_REFERENCE, KUBERNETES_NAME, POSTGRES_NAME, UNIT_NAME } from '../names.js';

/** Everything a remedy's preconditions may look at. */
export interface RemedyContext {
  readonly entities: Entities;
  /** Evidence of a change to the target close to the onset: what an undo would take back. */
  readonly recentChange: boolean;
}

export interface Rendering {
  readonly argv: readonly string[];
  readonly undo: Undo | null;
  readonly description: string;
  /** What to look at afterwards, as a command or query. */
  readonly verify: string;
}

/** One typed remedy. Commands come from `render` alone, and from nothing but its checked parameters. */
export interface Remedy<P extends z.ZodType = z.ZodType> {
  readonly id: string;
  readonly tool: string;
  readonly verb: string;
  /** Kinds it may be applied to. */
  readonly kinds: readonly string[];
  readonly params: P;
  /** When it may be used, in a sentence; `unless` checks it. */
  readonly when: string;
  /** Terms of the blast radius that it has whatever the evidence shows; effects, ties and dependents come on top. */
  readonly radius: readonly string[];
  /** Why there is nothing to take back, or no way to; left out where `render` gives an undo. */
  readonly noUndo?: string;
  /** Why it does not apply here, or undefined when it does. */
  readonly unless: (params: z.infer<P>, context: RemedyContext) => string | undefined;
  readonly render: (params: z.infer<P>) => Rendering;
}

export const remedy = <P extends z.ZodType>(definition: Remedy<P>): Remedy<P> => definition;

export const KubernetesName = z.string().regex(KUBERNETES_NAME, 'not a Kubernetes name');
export const PostgresName = z.string().regex(POSTGRES_NAME, 'not a PostgreSQL name');
export const ImageReference = z.string().regex(IMAGE_REFERENCE, 'not an image with a tag or digest');
/** An image by its digest: a tag may be moved to another image between the decision and the pull. */
export const PinnedImage = ImageReference.refine((image) => /@sha256:[0-9a-f]{64}$/.test(image), 'not an image with a digest');
export const UnitName = z.string().regex(UNIT_NAME, 'not a systemd unit');

/** A namespaced object of the snapshot. */
export const Placed = z.object({ kind: z.string().regex(/^[a-z]{2,40}$/), name: KubernetesName, namespace: KubernetesName });

/** Why an object cannot be acted on: the evidence must show it, in that namespace. */
export const unknownObject = (
  { kind, name, namespace }: { kind: string; name: string; namespace?: string },
  { entities }: RemedyContext,
): string | undefined => {
  const [known] = entities.named(name, [kind]);
  if (!known) return `the evidence shows no ${kind} ${name}`;
  if (namespace !== undefined && !entities.mentions(namespace)) return `the evidence shows no namespace ${namespace}`;
  return known.namespace !== undefined && namespace !== undefined && known.namespace !== namespace
    ? `${name} is in namespace ${known.namespace}`
    : undefined;
};

export const known = (name: string, kind: string, { entities }: RemedyContext): Entity | undefined =>
  entities.named(name, [kind])[0];
