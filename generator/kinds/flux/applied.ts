import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { Applied, Substitute } from '../deployment-ends.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { FLUX_KUSTOMIZE } from './group.ts';

/** The folder that a Kustomization has applied (docs/facts/flux.md#what-is-applied). */
export function appliedByKustomization(object: PlacedObject): Applied[] {
  const spec = specOf(object);
  const { name = '', kind = '', namespace = object.namespace } = texts(mapAt(spec, 'sourceRef'));
  if (name === '') return [];
  const target = textAt(spec, 'targetNamespace');
  const cluster = textAt(spec, 'kubeConfig', 'secretRef', 'name');
  return [
    {
      path: textAt(spec, 'path') ?? '',
      at: ['spec', 'path'],
      reads: { isRecursive: true },
      isUnrestricted: true,
      overlay: overlayOf(spec),
      ...(isMap(spec['commonMetadata']) && { metadata: metadataOf(spec) }),
      ...(target !== undefined && { namespace: target, isForced: true }),
      ...(isMap(spec['postBuild']) && { substitute: substituteOf(mapAt(spec, 'postBuild')) }),
      ...(cluster !== undefined && { cluster }),
      source: { kind, name, namespace },
    },
  ];
}

/** Whether a Kustomization's own patches delete an object of its folder, as far as group and kind tell. */
export function isTakenAway(kustomization: PlacedObject, { group, kind }: PlacedObject): boolean {
  return listAt(specOf(kustomization), 'patches').some(entry => {
    const target = mapAt(entry, 'target');
    const isByKind = Object.keys(target).every(field => field === 'group' || field === 'kind');
    return (
      isByKind &&
      textAt(entry, 'patch')?.includes('$patch: delete') === true &&
      isFit(group, textAt(target, 'group')) &&
      isFit(kind, textAt(target, 'kind'))
    );
  });
}

/** kustomize takes what a target says for a regular expression, of the whole name. */
function isFit(name: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted.split('|').some(one => one.replaceAll('\\.', '.') === name);
}

/** Whether the variables in an object are left as they are written (docs/facts/flux.md#variables). */
export function isLeftAsWritten({ json }: PlacedObject): boolean {
  return ['annotations', 'labels'].some(
    field => textAt(json, 'metadata', field, SUBSTITUTE) === 'disabled',
  );
}

const SUBSTITUTE = `${FLUX_KUSTOMIZE}/substitute`;

/** The annotation that has an object left as it is written. */
export const AS_WRITTEN: string = `${SUBSTITUTE}: disabled`;

function texts(map: JsonObject): { readonly [field: string]: string | undefined } {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}

/** What of it stands in a kustomization under the same name. */
const SAME = [
  'namePrefix',
  'nameSuffix',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'images',
  'components',
];

function overlayOf(spec: JsonObject): JsonObject {
  const same = SAME.flatMap(field => (spec[field] === undefined ? [] : [[field, spec[field]]]));
  return Object.fromEntries(same);
}

function metadataOf(spec: JsonObject): NonNullable<Applied['metadata']> {
  const { labels, annotations } = mapAt(spec, 'commonMetadata');
  return { ...(isMap(labels) && { labels }), ...(isMap(annotations) && { annotations }) };
}

function substituteOf(postBuild: JsonObject): Substitute {
  return {
    values: mapAt(postBuild, 'substitute'),
    from: listAt(postBuild, 'substituteFrom').map(entry => ({
      kind: textAt(entry, 'kind') ?? '',
      name: textAt(entry, 'name') ?? '',
      ...(mapAt(entry)['optional'] === true && { isOptional: true }),
    })),
  };
}
