import type { Host } from '../../ground/host.ts';
import { type PlaceOf, placesIn } from '../../ground/locate.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { Item } from '../../kinds/kind.ts';
import { isSameObject, originPath } from '../../make/krm/locate-config.ts';
import { metadataOf } from '../../make/krm/resource-list.ts';
import { markOf } from '../../make/krm/results.ts';
import type { FieldPlace } from './places-in-files.ts';
import { readOrigin } from './read-origin.ts';

/** A file that items come from. */
interface Origin {
  readonly documents: readonly unknown[];
  readonly places: PlaceOf;
}

/** Places in the files that items say they come from, as far as those can be read. */
export function originPlaces(host: Host): FieldPlace {
  const origins = new Map<string, Origin | undefined>();
  return (item, path) => {
    const file = fileOf(item);
    if (file === undefined) return undefined;
    const origin = origins.has(file) ? origins.get(file) : originOf(file, host);
    origins.set(file, origin);
    const index = origin && indexOf(item, origin.documents);
    return index === undefined ? undefined : origin?.places({ path: [index, ...path] });
  };
}

/** The document that an item comes from: overlays may give it another namespace. */
function indexOf({ object }: Item, documents: readonly unknown[]): number | undefined {
  const same = [...documents.keys()].filter(index => isSameObject(documents[index], object));
  const { namespace } = metadataOf(object);
  const isHere = (index: number): boolean =>
    metadataOf(documents[index])['namespace'] === namespace;
  return same.find(isHere) ?? (same.length === 1 ? same[0] : undefined);
}

/** kustomize says it with `buildMetadata: [originAnnotations]`, kpt always. */
function fileOf({ object }: Item): string | undefined {
  return originPath(object) ?? markOf(object, 'path');
}

function originOf(file: string, host: Host): Origin | undefined {
  const source = readOrigin(file, host);
  const { value } = source === undefined ? {} : parseStream(source.text);
  return source && value && { documents: value, places: placesIn({ ...source, isStream: true }) };
}
