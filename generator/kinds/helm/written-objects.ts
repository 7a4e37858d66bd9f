import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { Brought } from '../kind.ts';
import type { Release } from './release.ts';

/** Fields of values whose objects charts apply as they are. */
const FIELDS = /^(extraObjects|extraDeploy|extraManifests|extraResources|rawResources|manifests)$/;

/** Whether a value is an object of Kubernetes. */
export function isObject(value: Json): value is JsonObject & KubeObject {
  const texts = [['apiVersion'], ['kind'], ['metadata', 'name']];
  return texts.every(path => textAt(value, ...path) !== undefined);
}

/** The objects that are written out in the values of a chart; without a namespace they are in its own. */
export function writtenObjects(release: Release): Brought[] {
  return Object.entries(release.values).flatMap(([field, value]) =>
    FIELDS.test(field) ? listed(value, [field]).flatMap(found => broughtAs(found, release)) : [],
  );
}

interface Found {
  readonly value: Json;
  readonly at: Path;
}

/** Of a list or a map of objects each. */
function listed(value: Json, at: Path): Found[] {
  if (Array.isArray(value))
    return value.map((entry, index) => ({ value: entry, at: [...at, index] }));
  if (!isMap(value)) return [];
  return Object.entries(value).map(([name, entry]) => ({ value: entry, at: [...at, name] }));
}

function broughtAs({ value, at }: Found, { namespace, placeOf }: Release): Brought[] {
  if (!isObject(value)) return [];
  const metadata = { ...(namespace !== '' && { namespace }), ...value.metadata };
  return [{ object: { ...value, metadata }, placeOf: path => placeOf([...at, ...path]) }];
}
