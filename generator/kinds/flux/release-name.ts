import { createHash } from 'node:crypto';
import { textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** Helm allows no longer name of a release. */
const LONGEST = 53;

/** The name that a HelmRelease has Helm use; a long one is cut and gets a hash (docs/facts/helm.md#releases-of-flux). */
export function releaseName(object: PlacedObject): string {
  const own = textAt(specOf(object), 'releaseName');
  const target = textAt(specOf(object), 'targetNamespace');
  const name = own || (target ? `${target}-${object.name}` : object.name);
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
