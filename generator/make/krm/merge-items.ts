import { isSame, scalarText } from '../../ground/json.ts';
import {
  annotationsOf,
  type BuiltObject,
  identityOf,
  type KubeObject,
  labelsOf,
} from '../../ground/kube-object.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/sync-options.ts';
import { isObject } from './check-items.ts';

/** What becomes of the items of a ResourceList when our objects join them. */
export interface Merge {
  /** Objects that no item is yet. */
  readonly added: readonly KubeObject[];
  /** Items, by index, that are ours but say something else: from an older spec, say. */
  readonly replaced: ReadonlyMap<number, KubeObject>;
}

/** Finds our objects among the items: a second run over its own output changes nothing. */
export function mergeItems(items: readonly unknown[], built: readonly BuiltObject[]): Merge {
  const objects = new Map(built.map(({ object }) => [identityOf(object), object]));
  const replaced = new Map<number, KubeObject>();
  items.forEach((item, index) => {
    const identity = isObject(item) ? identityOf(item) : '';
    const ours = objects.get(identity);
    objects.delete(identity);
    const object = ours === undefined ? undefined : inPlaceOf(item, ours);
    if (object !== undefined && !isUnchanged(item, object)) replaced.set(index, object);
  });
  return { added: [...objects.values()], replaced };
}

/** An item's marks of its caller, which a function never changes: its file, its place in it. */
const CALLERS_MARK =
  /^internal\.config\.kubernetes\.io\/|^config\.(k8s|kubernetes)\.io\/(id|index|path)$/;

/** What else kustomize says on an item is about the item that was, such as where it came from. */
const KUSTOMIZE = /^([a-z.]+\.)?config\.(k8s|kubernetes)\.io\//;

/**
 * Our object in the place of an item. It keeps the marks of the caller, and the labels and
 * annotations that others have put there. We cannot tell one of those from one that an older spec
 * asked for; where only we write it, as `sync-options`, it goes.
 */
function inPlaceOf(item: unknown, object: KubeObject): KubeObject {
  const { labels = {}, annotations = {} } = object.metadata;
  const isForeign = (key: string): boolean =>
    !Object.hasOwn(annotations, key) && key !== SYNC_OPTIONS && !KUSTOMIZE.test(key);
  const ours = {
    labels: { ...kept(labelsOf(item), key => !Object.hasOwn(labels, key)), ...labels },
    annotations: {
      ...annotations,
      ...kept(annotationsOf(item), key => CALLERS_MARK.test(key) || isForeign(key)),
    },
  };
  const filled = Object.entries(ours).filter(([, map]) => Object.keys(map).length > 0);
  return { ...object, metadata: { ...object.metadata, ...Object.fromEntries(filled) } };
}

/** Kubernetes has no labels and annotations but text. */
function kept(
  entries: Readonly<Record<string, unknown>>,
  isKept: (key: string) => boolean,
): Record<string, string> {
  const texts = Object.entries(entries).filter(([key]) => isKept(key));
  return Object.fromEntries(texts.map(([key, value]) => [key, scalarText(value)]));
}

function isUnchanged(item: unknown, object: KubeObject): boolean {
  return isSame(item, JSON.parse(JSON.stringify(object)));
}
