import type { Path } from '../core/finding.ts';
import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import type { PlacedObject, Read } from './kind.ts';
import { PULLS, podAt, podReads, sourceReads } from './pods.ts';
import { fieldReads, readOf, refRead } from './secret-refs.ts';

/**
 * What an object of a kind that is not known reads: by its pod templates, and by fields whose form surely refers to a
 * Secret. A bare text `secretName: app-tls` may just as well name a Secret that the object makes, and is no read.
 */
export function readsByShape(object: PlacedObject): Read[] {
  const { json, namespace } = object;
  const fields = Object.entries(json).filter(([name]) => !NO_SETTINGS.has(name));
  const reads = fields.flatMap(([name, value]) => readsIn(value as Json, [name], object));
  // The object belongs to the cluster, or its namespace is not known.
  return namespace !== ''
    ? reads
    : reads.map(read => (read.namespace === undefined ? { ...read, isAnywhere: true } : read));
}

const NO_SETTINGS = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** Fields with what an object makes, and with the values of a chart. */
const PASSED_OVER =
  /^(?:write|output|target|dest|creat|generat|managed|publish|export|result|connection|privateKey|values(?!From))|^template$|To(?:Ref|Secret)$/i;

function readsIn(value: Json, path: Path, object: PlacedObject): Read[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => readsIn(entry, [...path, index], object));
  if (!isMap(value)) return isReference(path) ? byShape(textRead(value, path)) : [];
  // Another object, which may be applied anywhere.
  if (textAt(value, 'apiVersion') !== undefined && textAt(value, 'kind') !== undefined) return [];
  if (isPodTemplate(value, path)) return podReads(podAt(object, path));
  return [
    ...byShape(ownReads(value, path)),
    ...Object.entries(value)
      .filter(
        ([name, inner]) =>
          !PASSED_OVER.test(name) || (name === 'template' && isMap(mapAt(inner)['spec'])),
      )
      .flatMap(([name, inner]) => readsIn(inner, [...path, name], object)),
  ];
}

function byShape(reads: readonly Read[]): Read[] {
  return reads.map(read => ({ ...read, isByShape: true }));
}

/** The spec of a whole pod, below a field such as template, podTemplate or jobTemplate. */
function isPodTemplate(map: JsonObject, path: Path): boolean {
  const containers = listAt(map, 'containers');
  return (
    path.at(-1) === 'spec' &&
    /template/i.test(String(path.at(-2))) &&
    containers.length > 0 &&
    containers.every(container => textAt(container, 'image') !== undefined)
  );
}

/** What a map reads as a part of a pod, or as a reference. */
function ownReads(map: JsonObject, path: Path): Read[] {
  const field = fieldOf(path);
  const isVolume = field === 'secret' && path.at(-3) === 'volumes';
  return [
    ...fieldReads(map, path, 'pull', PULLS),
    ...(isVolume ? sourceReads(map, 'secretName', path, 'volume') : []),
    ...(map['generate'] !== true && isRead(map, path)
      ? refRead(map, { path, how: 'ref', namespace: textAt(map, 'namespace') })
      : []),
  ];
}

/** `certSecretRef: { name }`, `passwordSecret: { name, key }`, `credentialsSecret: { name, namespace }`. */
function isRead(map: JsonObject, path: Path): boolean {
  const field = fieldOf(path);
  if (isReference(path)) return true;
  const isKeyed = typeof map['key'] === 'string' && /secret/i.test(field);
  const isPlaced = typeof map['namespace'] === 'string' && /secrets?$/i.test(field);
  return (isKeyed || isPlaced) && !OF_STORE.test(field);
}

function fieldOf(path: Path): string {
  return String(path.findLast(step => typeof step === 'string'));
}

/** Fields that mean the entry of a store, and no Secret of the cluster. */
const OF_STORE = /store|external|remote|vault|aws|azure|gcp/i;

/** Whether a field says by its name that it refers to a Secret: with a name below it, or as a text. */
function isReference(path: Path): boolean {
  const field = fieldOf(path);
  return REFERENCE.test(field) && !OF_STORE.test(field);
}

const REFERENCE = /secret(?:Key)?Refs?$|^existing\w{0,40}Secret(?:Name)?$/i;

function textRead(name: unknown, path: Path): Read[] {
  return typeof name === 'string' && DNS.test(name) ? readOf({ name, path, how: 'ref' }) : [];
}

const DNS = /^[a-z0-9][a-z0-9.-]{0,252}$/;
