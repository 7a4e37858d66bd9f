import type { Fault, Finding, Path } from '../../ground/finding.ts';
import { isMap, valueAt } from '../../ground/json.ts';
import { locate, partAt, type SourceFile } from '../../ground/locate.ts';
import { parseDocument, parseStream } from '../../ground/yaml/yaml-text.ts';
import { KRM } from '../../kinds/krm/resource-list.ts';
import { annotationsOf, metadataOf } from './resource-list.ts';

/**
 * The file that a functionConfig was read from, relative to the root of the build: kustomize says
 * so with `buildMetadata: [originAnnotations]` (docs/facts/kustomize.md#origin-of-a-configuration).
 * A file of another repository is not here.
 */
export function originPath(functionConfig: unknown): string | undefined {
  const text = annotationsOf(functionConfig)[`${KRM}/origin`];
  const origin = typeof text === 'string' ? parseDocument(text).value : undefined;
  if (!isMap(origin) || origin['repo'] !== undefined) return undefined;
  return typeof origin['path'] === 'string' ? origin['path'] : undefined;
}

/**
 * Gives a functionConfig's faults their places in its file. What the file does not say, because a
 * patch of the overlay does, has no place there: such a finding names the field alone.
 */
export function locateConfig(
  faults: readonly Fault[],
  functionConfig: unknown,
  source: SourceFile | undefined,
): Finding[] {
  const documents =
    source === undefined || faults.length === 0 ? [] : (parseStream(source.text).value ?? []);
  const index = documents.findIndex(document => isSameObject(document, functionConfig));
  if (source === undefined || index < 0) return locate(faults, undefined);
  const isHere = ({ path }: Fault): boolean =>
    partAt(path, source.parts) !== undefined || isFrom(documents[index], functionConfig, path);
  const here = faults.filter(isHere).map(fault => inStream(fault, index));
  const patched = faults.filter(fault => !isHere(fault));
  return [
    ...locate(here, { ...source, isStream: true }).map(finding => ({
      ...finding,
      field: finding.field.replace(/^\[\d+\]\.?/, ''),
    })),
    ...locate(patched, undefined),
  ];
}

/** Whether a document of a file is the object, before others changed it. */
export function isSameObject(document: unknown, functionConfig: unknown): boolean {
  return (
    isMap(document) &&
    isMap(functionConfig) &&
    document['kind'] === functionConfig['kind'] &&
    metadataOf(document)['name'] === metadataOf(functionConfig)['name']
  );
}

/** Whether what stands on the path, as far as it exists, comes from the document. */
function isFrom(document: unknown, functionConfig: unknown, path: Path): boolean {
  return [...path.keys(), path.length].every(length => {
    const [ours, theirs] = [document, functionConfig].map(root =>
      valueAt(root, path.slice(0, length)),
    );
    if (theirs === undefined) return true;
    const isScalar = typeof theirs !== 'object' || theirs === null;
    return isScalar ? ours === theirs : ours?.constructor === theirs.constructor;
  });
}

/** The fault, as one of a stream of documents. */
function inStream(fault: Fault, index: number): Fault {
  return {
    ...fault,
    path: [index, ...fault.path],
    ...(fault.related !== undefined && {
      related: fault.related.map(place => ({ ...place, path: [index, ...place.path] })),
    }),
  };
}
