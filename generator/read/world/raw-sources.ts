import { basename } from 'node:path';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isKustomization } from '../kustomization-files.ts';
import { readFound } from '../manifest-source.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';
import type { Repository } from './repository.ts';

/** The manifests that a kustomization which cannot be built would be built from, as they are. */
export function rawSources(
  { text, places = [], namespace: given }: ObjectSource,
  { host, shown, namespace }: Repository,
  number: () => number,
): ObjectSource[] {
  if (text !== undefined) return [];
  return places
    .filter(place => /\.(ya?ml|json)$/.test(place) && host.kindOf(place) === 'file')
    .filter(place => !isKustomization(basename(place)))
    .map(place => parseSource(readFound(shown(place), host), number(), namespace))
    .map(source => ({ ...source, findings: [], objects: inNamespace(source.objects, given) }));
}

/** Objects as a deployer puts them in a namespace, whatever they say. */
function inNamespace(
  objects: readonly PlacedObject[],
  namespace: string | undefined,
): PlacedObject[] {
  return objects.map(object =>
    namespace === undefined || object.known?.isOfCluster === true
      ? object
      : { ...object, namespace },
  );
}
