import { locate } from '../../ground/locate.ts';
import { listItems, manifestsOf } from '../../ground/manifests.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { LostFolder, Unknown } from '../../kinds/deployment-ends.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type { ManifestSource } from '../manifest-source.ts';

/** A stream of manifests and the objects in it. */
export interface ObjectSource extends ManifestSource {
  /** The source's own, which its objects carry as their file. */
  readonly number: number;
  readonly objects: readonly PlacedObject[];
  /** Documents that are no Kubernetes objects. */
  readonly strangers: number;
  /** Those of them that are lists. */
  readonly lists?: number;
  /** The deployment object that has it applied. */
  readonly by?: PlacedObject;
  /** Tells what is applied by one of them from what others apply. */
  readonly sync?: string;
  /** A folder that it would be, and that is not there. */
  readonly lost?: LostFolder & { readonly object: PlacedObject };
  /** All that makes what is not made here, to tell whether it changes. */
  readonly contents?: () => string;
  /** What it has stands for objects, and is none. */
  readonly isNoObject?: true;
}

/** Parses the objects of a source; those without a namespace are in the one given. */
export function parseSource(
  source: ManifestSource,
  number: number,
  namespace: string,
  parse: ParseStream = parseStream,
): ObjectSource {
  const { text, file, findings } = source;
  const empty = { ...source, number, objects: [], strangers: 0 };
  if (text === undefined) return empty;
  const { value, faults } = parse(text);
  if (value === undefined) {
    const broken = locate(faults, { file, text, isStream: true });
    const unknown = namedIn(`"${file}" (it is not valid YAML)`, text);
    const unknowns = [...(source.unknowns ?? []), ...(unknown === undefined ? [] : [unknown])];
    return { ...empty, findings: [...findings, ...broken], unknowns };
  }
  const manifests = manifestsOf(value);
  const objects = new Set(manifests.map(({ path }) => path[0]));
  const isStranger = (document: unknown, index: number): boolean =>
    document !== null && !objects.has(index) && listItems(document)?.length !== 0;
  return {
    ...empty,
    objects: manifests.map(({ object, path }) => placedObject(object, number, path, namespace)),
    strangers: value.filter(isStranger).length,
    lists: value.filter(document => Array.isArray(document)).length,
  };
}

/**
 * A file that seems to have manifests and is not read as objects: what its text names, it may make.
 * Undefined: it is none.
 */
export function namedIn(what: string, text: string): Unknown | undefined {
  if (!/^\s{0,40}-?\s{0,9}kind:/m.test(text)) return undefined;
  const words = new Set(text.match(/[a-z0-9][a-z0-9.-]*/g));
  return { what, isOfNames: true, mayMake: name => words.has(name) };
}
