import type { Json } from '../../ground/json.ts';
import { identityOf, type KubeObject } from '../../ground/kube-object.ts';
import { renderValue } from '../objects/render-yaml.ts';
import { type FolderContent, inFileOrder } from './folder-files.ts';
import { overlayPatch } from './overlay-patch.ts';

/** An environment's object, and the same one as it would be in the base's namespace. */
interface Moved {
  readonly object: KubeObject;
  readonly inBase: KubeObject;
}

/** Objects, and the namespace that those are in which belong to no other team. */
interface Placed {
  readonly objects: readonly KubeObject[];
  readonly namespace: string;
}

/** What makes an environment's objects of those of the base. */
export function overlayChanges(
  { objects, namespace: to }: Placed,
  { objects: base, namespace: from }: Placed,
): FolderContent {
  const known = new Set(base.map(identityOf));
  const moved = movedObjects({ objects, namespace: to }, { objects: base, namespace: from });
  const wanted = new Map(moved.map(entry => [identityOf(entry.inBase), entry]));
  const patches = base.flatMap(object => {
    const found = wanted.get(identityOf(object));
    return found === undefined ? [deletion(object)] : (overlayPatch(object, found.inBase) ?? []);
  });
  const added = [...wanted].filter(([identity]) => !known.has(identity));
  const resources = added.map(([, { object }]) => object);
  return { resources, patches, inline: from === to ? [] : moves(from, to, moved, known) };
}

function movedObjects(
  { objects, namespace: to }: Placed,
  { objects: base, namespace: from }: Placed,
): Moved[] {
  const known = new Set(base.map(identityOf));
  return objects.map(object => {
    const isInPlace = object.kind !== 'Namespace' && known.has(identityOf(object));
    return { object, inBase: isInPlace ? object : moveTo(object, to, from) };
  });
}

/**
 * An environment's objects in the order in which kustomize builds its overlay: first those that the
 * base has, then its own, each as their files are sorted.
 */
export function builtOrder(own: Placed, base: Placed): KubeObject[] {
  const moved = movedObjects(own, base);
  const wanted = new Map(moved.map(({ object, inBase }) => [identityOf(inBase), object]));
  const known = new Set(base.objects.map(identityOf));
  const added = [...wanted].filter(([identity]) => !known.has(identity));
  return [
    ...inFileOrder(base.objects).flatMap(object => wanted.get(identityOf(object)) ?? []),
    ...inFileOrder(added.map(([, object]) => object)),
  ];
}

/** The object as another namespace's environment would have it. */
function moveTo(object: KubeObject, from: string, to: string): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Namespace' && metadata.name === from) {
    return { ...object, metadata: { ...metadata, name: to } };
  }
  if (metadata.namespace !== from) return object;
  return { ...object, metadata: { ...metadata, namespace: to } };
}

/**
 * Moves everything at once, or one by one where something of another team's stays in the base's
 * namespace. Kustomize's own `namespace:` would also give one to ClusterSecretStores
 * (docs/facts/kustomize.md#namespaces).
 */
function moves(
  from: string,
  to: string,
  moved: readonly Moved[],
  known: ReadonlySet<string>,
): Json[] {
  const replace = (path: string): string => renderValue([{ op: 'replace', path, value: to }]);
  const hasStaying = moved.some(({ object }) => object.metadata.namespace === from);
  const targets = hasStaying
    ? moved.flatMap(entry => moveTarget(entry, from))
    : [{ namespace: from }];
  const hasNamespace = moved.some(
    ({ inBase }) =>
      inBase.kind === 'Namespace' && inBase.metadata.name === from && known.has(identityOf(inBase)),
  );
  return [
    ...(hasNamespace
      ? [
          {
            target: { kind: 'Namespace', name: from },
            options: { allowNameChange: true },
            patch: replace('/metadata/name'),
          },
        ]
      : []),
    ...targets.map(target => ({ target, patch: replace('/metadata/namespace') })),
  ];
}

function moveTarget({ object, inBase }: Moved, namespace: string): Record<string, string>[] {
  const isMoved = inBase !== object && inBase.kind !== 'Namespace';
  return isMoved ? [{ kind: object.kind, name: object.metadata.name, namespace }] : [];
}

function deletion({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion, kind, metadata, $patch: 'delete' };
}
