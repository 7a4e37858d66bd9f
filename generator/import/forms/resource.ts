import { fieldsWhere, isMap, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { asJson, optional, plainName, shortHash, unlessEmpty } from '../../core/kube-object.ts';
import { SYNC_WAVE } from '../../kinds/argocd/sync-order.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { coreNamespace } from '../../kinds/kubernetes.ts';
import { podOf } from '../../kinds/pods.ts';
import type { Omission } from '../../spec/spec.ts';
import type { Original } from '../originals.ts';
import type { Alternative, Form, FormContext, SpecDefaults } from './form.ts';
import { beyond, hasOnly, marksOf, withoutEmpty } from './form.ts';

/** The ways to write an object under `resources`: without what `expand` adds to every object, and as it is. */
export function resourceWays(placed: PlacedObject, context: FormContext): readonly Alternative[] {
  const whole = placeless(placed, context);
  const bare = withoutDefaults(whole, context);
  const isPlaced = placed.knownKind !== undefined || placed.json.metadata.namespace !== undefined;
  const scope = isPlaced ? undefined : 'Cluster';
  const way = (name: string, object: JsonObject): Alternative => ({
    way: name,
    entry: withoutEmpty({ scope, omit: missingDefaults(placed, context), object }),
    covers: [placed],
  });
  return bare === whole ? [way('whole', whole)] : [way('bare', bare), way('whole', whole)];
}

/** An object without what its environment says: the namespace, and the marks of all objects. */
function placeless({ json }: PlacedObject, { original, marks }: FormContext): JsonObject {
  const { name, namespace, labels, annotations, ...rest } = mapAt(json, 'metadata');
  const isElsewhere = namespace !== original.namespace && namespace !== undefined;
  const ownMarks = withoutEmpty({
    labels: beyond(mapAt(labels), { ...marks.labels, ...marks.commonLabels }),
    annotations: beyond(mapAt(annotations), marks.annotations),
  });
  const place = isElsewhere && { namespace };
  const metadata = { ...optional('name', name), ...place, ...rest, ...ownMarks };
  return { ...asJson(json), metadata };
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';

const PART_OF = 'app.kubernetes.io/part-of';

/** An object without the labels and waves that `expand` adds; the same object if it has none of them. */
function withoutDefaults(object: JsonObject, { name, omit }: SpecDefaults): JsonObject {
  const labels = omit.includes('labels') ? [] : [MANAGED_BY, PART_OF];
  const annotations = omit.includes('syncWaves') ? [] : [SYNC_WAVE];
  const metadata = mapAt(object, 'metadata');
  if (labels.length > 0 && mapAt(metadata, 'labels')[PART_OF] !== name) return object;
  const left = without(without(metadata, 'labels', labels), 'annotations', annotations);
  return left === metadata ? object : { ...object, metadata: left };
}

function without(metadata: JsonObject, field: string, names: readonly string[]): JsonObject {
  const { [field]: map, ...others } = metadata;
  if (!isMap(map) || !names.some(name => Object.hasOwn(map, name))) return metadata;
  const kept = fieldsWhere(map, name => !names.includes(name));
  return { ...others, ...unlessEmpty(field, kept) };
}

function missingDefaults(object: PlacedObject, { name, omit }: SpecDefaults): Omission[] {
  return [
    ...(omit.includes('labels') || partOf(object) === name ? [] : (['labels'] as const)),
    ...(omit.includes('syncWaves') || hasWave(object) ? [] : (['syncWaves'] as const)),
  ];
}

function partOf({ json }: PlacedObject): string | undefined {
  const labels = mapAt(json, 'metadata', 'labels');
  return labels[MANAGED_BY] === 'rem-secrets' ? textAt(labels, PART_OF) : undefined;
}

function hasWave({ json }: PlacedObject): boolean {
  return textAt(json, 'metadata', 'annotations', SYNC_WAVE) !== undefined;
}

/** Kind and name; with the namespace, or a hash, where several objects would have that. */
function resourceNames(all: readonly Original[]): SpecDefaults['resourceName'] {
  const taken = new Map<string, string>();
  const names = new Map<string, string>();
  const objects = all.flatMap(original => original.objects.map(object => ({ object, original })));
  for (const { object, original } of objects) {
    const id = relativeId(object, original);
    if (names.has(id)) continue;
    const name = candidates(object, id).find(candidate => !taken.has(candidate)) ?? id;
    taken.set(name, id);
    names.set(id, name);
  }
  return (object, original) => names.get(relativeId(object, original)) ?? '';
}

function relativeId(object: PlacedObject, original: Original): string {
  const { group, kind, namespace, name } = object;
  if (object.knownKind === coreNamespace && object.name === original.namespace) return kind;
  return [group, kind, namespace === original.namespace ? '' : namespace, name].join('/');
}

function candidates({ kind, name, namespace }: PlacedObject, id: string): string[] {
  if (id === kind) return [kind.toLowerCase()];
  const names = [
    `${kind}-${name}`,
    `${kind}-${namespace}-${name}`,
    `${kind}-${name}-${shortHash(id)}`,
  ];
  return names.map(text => {
    // Dots stay, with a plain name on both sides.
    const parts = text.split('.').map(plainName);
    const plain = parts.filter(part => part !== '').join('.');
    return plain.slice(0, 200).replace(/[-.]$/, '');
  });
}

/** Omits what `expand` would add to every object (labels, waves, hardening) if most objects do not have it today. */
export function specDefaults(all: readonly Original[], name: string): SpecDefaults {
  const objects = all.flatMap(original => original.objects).filter(({ namespace }) => namespace);
  const part = objects.map(partOf).find(found => found !== undefined);
  const isMost = (has: (object: PlacedObject) => boolean, among = objects): boolean =>
    among.filter(has).length * 2 > among.length;
  const isLabelled = part !== undefined && isMost(object => partOf(object) === part);
  const withPods = objects.filter(
    ({ knownKind }) => knownKind?.pods && knownKind.pods.isContainer !== true,
  );
  const omit: Omission[] = [
    ...(isTemplateless(objects) ? (['emptyTemplates'] as const) : []),
    ...(isMost(isSoft, withPods) ? (['hardening'] as const) : []),
    ...(isLabelled ? [] : (['labels'] as const)),
    // In manifests that expand did not make, waves differ from those that it would add.
    ...(isLabelled && isMost(hasWave) ? [] : (['syncWaves'] as const)),
  ];
  return { name: isLabelled ? part : name, omit, resourceName: resourceNames(all) };
}

/** Whether more ExternalSecrets have no template than an empty one. */
function isTemplateless(objects: readonly PlacedObject[]): boolean {
  const secrets = objects.filter(({ knownKind }) => knownKind === externalSecret);
  const templates = secrets.map(({ json }) => mapAt(json, 'spec', 'target')['template']);
  const isEmpty = (template: unknown): boolean =>
    isMap(template) && hasOnly(template, 'engineVersion', 'mergePolicy');
  return templates.filter(value => value === undefined).length > templates.filter(isEmpty).length;
}

/** Whether pods have an API token and the variables of Services, which are the defaults of Kubernetes. */
function isSoft(object: PlacedObject): boolean {
  const { automountServiceAccountToken, enableServiceLinks } = podOf(object)?.spec ?? {};
  return automountServiceAccountToken !== false && enableServiceLinks !== false;
}

/** A ConfigMap with texts, under a name that has a hash or stays. */
export const configMapForm: Form = {
  section: 'configMaps',
  kinds: [configMap],
  ways: (object, context) => {
    const { json, name } = object;
    const data = mapAt(json, 'data');
    if (!Object.values(data).every(text => typeof text === 'string'))
      return 'its data has values that are no text';
    if (!hasOnly(asJson(json), 'apiVersion', 'kind', 'metadata', 'data', 'immutable'))
      return 'a ConfigMap of the spec has texts alone';
    const hash = context.original.hashed.has(name) ? undefined : false;
    const entry = withoutEmpty({ hash, data, ...marksOf(object, context) });
    return [{ way: 'texts', entry, covers: [object] }];
  },
};
