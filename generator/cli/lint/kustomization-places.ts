import { join, normalize } from 'node:path';
import { isSame } from '../../diff/same.ts';
import { type Item, listAt, textAt } from '../../graph/item.ts';
import { isSameObject } from '../../krm/locate-config.ts';
import type { Path, Place } from '../../source/finding.ts';
import { type PlaceOf, placesIn } from '../../source/locate.ts';
import { valueAt } from '../../source/value-path.ts';
import { parseStream } from '../../source/yaml-text.ts';
import type { Json } from '../../spec/spec.ts';
import type { Host } from '../host.ts';
import { documentOf, kustomizationIn } from '../kustomization-files.ts';
import { textOf } from '../text-of.ts';

/** A document of a file that a kustomization is built from. */
interface Part {
  readonly document: unknown;
  readonly index: number;
  readonly isPatch: boolean;
  readonly places: PlaceOf;
}

/** The place of a field of an object that kustomize built, from the kustomization's file on. */
type BuiltPlace = (root: string, item: Item, path: Path) => Place | undefined;

/**
 * Places in the files that a kustomization is built from. A field stands where a patch or a resource
 * of the object has the same value at it; one that is missing, where one resource alone has the
 * object's kind and name. What is written in a kustomization itself, or made by one, stands nowhere.
 */
export function kustomizationPlaces(host: Host): BuiltPlace {
  const parts = new Map<string, readonly Part[]>();
  return (root, item, path) => {
    const known = parts.get(root) ?? partsOf(root, host, new Set());
    parts.set(root, known);
    return placeIn(known, item, path);
  };
}

function placeIn(parts: readonly Part[], { object }: Item, path: Path): Place | undefined {
  const own = parts.filter(({ document }) => isSameObject(document, object));
  const value = valueAt(object, path);
  const isThere = ({ document }: Part): boolean =>
    value !== undefined && isSame(valueAt(document, path) as Json, value as Json);
  const field = own.find(isThere);
  if (field !== undefined) return at(field, path);
  const [resource, ...others] = own.filter(({ isPatch }) => !isPatch);
  if (resource === undefined || others.length > 0) return undefined;
  const isAbsent = value === undefined && valueAt(resource.document, path) === undefined;
  return isAbsent ? at(resource, path) : undefined;
}

function at({ index, places }: Part, path: Path): Place | undefined {
  return places({ path: [index, ...path] });
}

/** Patches before what they change, and each kustomization before those that it builds on. */
function partsOf(root: string, host: Host, seen: Set<string>): Part[] {
  if (seen.has(root) || !host.exists(root)) return [];
  seen.add(root);
  const kustomization = documentOf(root, host);
  const below = (path: unknown): string => normalize(join(root, '..', String(path)));
  const named = ['resources', 'bases', 'components'].flatMap(field => listAt(kustomization, field));
  const patches = [
    ...listAt(kustomization, 'patches').flatMap(patch => textAt(patch, 'path') ?? []),
    ...listAt(kustomization, 'patchesStrategicMerge'),
  ];
  const used = named.map(below).filter(path => host.exists(path));
  const folders = used.filter(path => host.isFolder(path));
  const roots = folders.flatMap(folder => kustomizationIn(folder, host) ?? []);
  return [
    ...patches.flatMap(path => documentsOf(below(path), true, host)),
    ...used.filter(path => !folders.includes(path)).flatMap(path => documentsOf(path, false, host)),
    ...roots.flatMap(file => partsOf(file, host, seen)),
  ];
}

function documentsOf(file: string, isPatch: boolean, host: Host): Part[] {
  if (!host.exists(file) || host.isFolder(file)) return [];
  const text = textOf(file, host);
  const places = placesIn({ file, text, isStream: true });
  const documents = parseStream(text).value ?? [];
  return documents.map((document, index) => ({ document, index, isPatch, places }));
}
