import { type Host, textOf } from '../../ground/host.ts';
import { metadataOf } from '../../ground/kube-object.ts';
import { type PlaceOf, placesIn, type SourceFile } from '../../ground/locate.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isSameObject, originPath } from '../../make/krm/function-config.ts';
import { markOf } from '../../make/krm/results.ts';
import { isNamedFile } from '../inside.ts';
import type { FieldPlace } from './places-in-files.ts';

/** A file that objects come from. */
interface Origin {
  readonly documents: readonly unknown[];
  readonly places: PlaceOf;
}

/** Places in the files that objects say they come from, as far as those can be read. */
export function originPlaces(host: Host): FieldPlace {
  const originIn = oncePerText((file: string) => originOf(file, host));
  return (object, path) => {
    const file = fileOf(object);
    if (file === undefined) return undefined;
    const origin = originIn(file);
    const index = origin && indexOf(object, origin.documents);
    return index === undefined ? undefined : origin?.places({ path: [index, ...path] });
  };
}

/** The document that an object comes from: overlays may give it another namespace. */
function indexOf({ json }: PlacedObject, documents: readonly unknown[]): number | undefined {
  const same = [...documents.keys()].filter(index => isSameObject(documents[index], json));
  const { namespace } = metadataOf(json);
  const isHere = (index: number): boolean =>
    metadataOf(documents[index])['namespace'] === namespace;
  return same.find(isHere) ?? (same.length === 1 ? same[0] : undefined);
}

/** kustomize says it with `buildMetadata: [originAnnotations]`, kpt always. */
function fileOf({ json }: PlacedObject): string | undefined {
  return originPath(json) ?? markOf(json, 'path');
}

function originOf(file: string, host: Host): Origin | undefined {
  const source = readOrigin(file, host);
  const { value } = source === undefined ? {} : parseStream(source.text);
  return source && value && { documents: value, places: placesIn({ ...source, isStream: true }) };
}

/** Larger files hold no manifests that are worth a line number. */
const MOST_BYTES = 20 * 1024 * 1024;

/** A file that an object says it comes from: anybody can write that, so it has to be where its name says. */
export function readOrigin(file: string, host: Host): SourceFile | undefined {
  if (!isNamedFile(file, host) || host.sizeOf(file) > MOST_BYTES) return undefined;
  return { file, text: textOf(file, host) };
}
