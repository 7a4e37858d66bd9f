import { basename, dirname } from 'node:path';
import type { Host } from '../ground/host.ts';
import { isMap, mapAt } from '../ground/json.ts';
import { checkSchema } from '../ground/schema/schema-check.ts';
import { isExternalSecret } from '../kinds/eso/specs.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { kustomizationFile } from '../kinds/krm/kustomization.ts';
import { KRM } from '../kinds/krm/resource-list.ts';
import { entryPath, type Kustomization } from './kustomize/kustomization.ts';
import type { ManifestSource } from './manifest-source.ts';
import type { ObjectSource } from './sets/parse-source.ts';

/** What is said of a manifest that its kustomization does not list. */
export const UNLISTED = 'unlisted-manifest';

/**
 * Whether a file, by its place, should be listed to be applied: the kustomization beside it lists files
 * that lie there, sets up no function, which may read others, and has the file not even in a comment.
 */
export function listedBeside(
  kustomizations: readonly Kustomization[],
  isFile: (place: string) => boolean,
): (place: string) => boolean {
  const isListing = (by: Kustomization): boolean =>
    by.loads.every(({ kind }) => kind !== 'function') &&
    by.loads.some(load => {
      const place = load.kind === 'base' ? entryPath({ by, load }) : '';
      return dirname(place) === by.folder && isFile(place);
    });
  const texts = new Map(kustomizations.filter(isListing).map(({ folder, text }) => [folder, text]));
  return place => texts.get(dirname(place))?.includes(basename(place)) === false;
}

/** What is said of a manifest that no kustomization has; undefined: it may be meant so. */
export function unlistedManifest(
  { objects, file }: ObjectSource,
  { validators }: Pick<Host, 'validators'>,
): ManifestSource | undefined {
  const [first] = objects;
  if (first === undefined || PATCH.test(basename(file))) return undefined;
  if (objects.some(isByHand) || !objects.some(isOfFlow)) return undefined;
  if (objects.some(({ json }) => checkSchema(json, validators).some(isLack))) return undefined;
  const finding = {
    rule: UNLISTED,
    severity: 'warning',
    message: `not read: the kustomization beside it lists its neighbours, and not this file with ${first.kind} "${first.name}"`,
    hint: 'Add it to resources, or move it where nobody takes it for a part of the kustomization.',
    field: '',
    at: { file, line: 1, column: 1 },
  } as const;
  return { name: file, file, isBuilt: false, findings: [finding] };
}

/** A file that is called a patch is one, whatever it has: for what is applied elsewhere. */
const PATCH = /(?:^|[._-])patch(?:es)?[._-]/;

/** What people or other tools apply: deployment objects, what SOPS encrypted, settings of kustomize. */
function isByHand({ json, known, group }: PlacedObject): boolean {
  const annotations = mapAt(json.metadata, 'annotations');
  return (
    known?.applies !== undefined ||
    group === kustomizationFile.group ||
    isMap(json['sops']) ||
    Object.keys(annotations).some(name => name.startsWith(`${KRM}/`))
  );
}

/** What makes or reads Secrets, or may: of all else nothing is said. */
function isOfFlow(object: PlacedObject): boolean {
  const { makes, reads, pods } = object.known ?? {};
  return [makes, reads, pods].some(part => part !== undefined) || isExternalSecret(object);
}

/** A patch that is left over lacks what its object has to have. */
function isLack({ id }: { readonly id: string }): boolean {
  return id === 'missing-field';
}
