import type { Path } from '../ground/finding.ts';
import { isMap } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { scalarText } from '../ground/scalar-text.ts';
import type { PlacedObject } from './kind.ts';
import { kindOf } from './kinds.ts';

/** An object of the set. `namespace` is what objects without one are in, as kubectl has it. */
export function placedObject(
  object: KubeObject,
  file: number,
  path: Path,
  namespace: string,
): PlacedObject {
  const { apiVersion, kind } = object;
  const metadata: unknown = object.metadata;
  const { name, namespace: own } = isMap(metadata) ? metadata : {};
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  const known = kindOf(group, kind);
  const home = known?.isOfCluster === true ? '' : typeof own === 'string' ? own : namespace;
  return { json: object, group, kind, known, namespace: home, name: scalarText(name), file, path };
}
