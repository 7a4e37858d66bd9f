import type { FieldPlace } from '../../checks/locate-findings.ts';
import type { Item } from '../../graph/item.ts';
import { isSameObject, originPath } from '../../krm/locate-config.ts';
import { annotationsOf, metadataOf } from '../../krm/resource-list.ts';
import { type PlaceOf, placesIn } from '../../source/locate.ts';
import { parseStream } from '../../source/yaml-text.ts';
import type { Host } from '../host.ts';
import { isNamedFile } from '../inside.ts';
import { textOf } from '../text-of.ts';

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
    const origin = origins.has(file) ? origins.get(file) : readOrigin(file, host);
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
  const path = annotationsOf(object)['config.kubernetes.io/path'];
  return originPath(object) ?? (typeof path === 'string' ? path : undefined);
}

function readOrigin(file: string, host: Host): Origin | undefined {
  if (!isNamedFile(file, host)) return undefined;
  const text = textOf(file, host);
  const { value } = parseStream(text);
  return value && { documents: value, places: placesIn({ file, text, isStream: true }) };
}
