import type { Path } from '../../core/finding.ts';
import {
  isMap,
  type JsonObject,
  listAt,
  mapAt,
  mergePatch,
  textAt,
  valueAt,
} from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import type { AppliedFolder } from '../deployment-ends.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** The folders that an Application has applied (docs/facts/argocd.md#sources). */
export function appliedByApplication(object: PlacedObject): AppliedFolder[] {
  const spec = specOf(object);
  const cluster = clusterOf(mapAt(spec, 'destination'));
  const home = textAt(spec, 'destination', 'namespace');
  return sourcesIn(object.json, ['spec']).flatMap(({ source: written, at }) => {
    const path = textAt(written, 'path');
    const url = textAt(written, 'repoURL');
    if (path === undefined || written['chart'] !== undefined || url === undefined) return [];
    const overrides = overridesOf(path, object);
    const source = overrides.reduce((below, { patch = {} }) => mergePatch(below, patch), written);
    return [
      {
        path,
        at: [...at, 'path'],
        url,
        reads: readsOf(mapAt(source, 'directory')),
        isUnrestricted: false,
        overlay: overlayOf(mapAt(source, 'kustomize')),
        overrides: overrides.map(overrideFile),
        ...(isMap(source['helm']) && { isChart: true as const }),
        ...(home !== undefined && { namespace: home }),
        ...(cluster !== undefined && { cluster }),
      },
    ];
  });
}

/** A file in the folder of an Application whose parameters are laid over its source. */
interface Override {
  readonly name: string;
  /** Undefined: there is no such file, or it is not read. */
  readonly patch: JsonObject | undefined;
}

/** These files, in their order (docs/facts/argocd.md#overrides). Not known of the last is whether it counts. */
function overridesOf(folder: string, { name, namespace, tree }: PlacedObject): Override[] {
  const patchIn = (file: string): JsonObject | undefined => {
    const document = tree?.documentIn(`${folder}/${file}`);
    return isMap(document) ? document : undefined;
  };
  const names = ['.argocd-source.yaml', `.argocd-source-${name}.yaml`];
  const known = names.map(file => ({ name: file, patch: patchIn(file) }));
  return [...known, { name: `.argocd-source-${namespace}_${name}.yaml`, patch: undefined }];
}

/** What is read of a file. Images and the like make no objects; parameters of a chart may. */
function overrideFile({ name, patch }: Override): NonNullable<AppliedFolder['overrides']>[number] {
  if (patch === undefined) return { name, isRead: false, mayMake: true };
  const hasOnly = (field: string, names: readonly string[]): boolean => {
    const value = patch[field] ?? {};
    return isMap(value) && Object.keys(value).every(key => names.includes(key));
  };
  const others = Object.keys(patch).filter(field => !KNOWN.includes(field));
  const isOfDirectory = hasOnly('directory', ['recurse', 'include', 'exclude']);
  const mayMake = others.length > 0 || !isOfDirectory;
  return { name, isRead: !mayMake && hasOnly('kustomize', [...SAME, 'commonLabels']), mayMake };
}

/** The fields that are read, and those that no file can lay over a source. */
const KNOWN: readonly string[] = [
  ...['kustomize', 'directory'],
  ...['chart', 'path', 'repoURL', 'targetRevision'],
];

/** The sources in the spec of an Application, and where they stand. */
export function sourcesIn(
  object: KubeObject,
  spec: Path,
): { readonly source: JsonObject; readonly at: Path }[] {
  const single = [...spec, 'source'];
  const several = listAt(object, ...spec.map(String), 'sources');
  return [
    { source: mapAt(valueAt(object, single)), at: single },
    ...several.map((source, index) => ({ source: mapAt(source), at: [...spec, 'sources', index] })),
  ];
}

/**
 * The fields that say where an Application, or the template of an ApplicationSet, reads what it applies. The version
 * of a chart is none: it is the chart's own.
 */
export function originsOfApplication(object: KubeObject, template: Path): Path[] {
  return sourcesIn(object, [...template, 'spec']).flatMap(({ source, at }) => {
    const fields = [
      'repoURL',
      'path',
      ...(source['chart'] === undefined ? ['targetRevision'] : []),
    ];
    return fields.map(field => [...at, field]);
  });
}

/** The cluster of a destination; undefined: Argo CD's own. */
export function clusterOf(destination: JsonObject): string | undefined {
  const name = textAt(destination, 'name') ?? textAt(destination, 'server') ?? '';
  return /^(in-cluster|https:\/\/kubernetes\.default\.svc(\.cluster\.local)?(:443)?\/?|)$/.test(
    name,
  )
    ? undefined
    : name;
}

function readsOf(directory: JsonObject): AppliedFolder['reads'] {
  const [include, exclude] = [textAt(directory, 'include'), textAt(directory, 'exclude')];
  return {
    isRecursive: directory['recurse'] === true,
    ...(include !== undefined && { include }),
    ...(exclude !== undefined && { exclude }),
  };
}

/** Fields that have the same name in a kustomization. */
const SAME = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'patches',
  'components',
  'commonAnnotations',
];

function overlayOf(kustomize: JsonObject): JsonObject {
  const same = SAME.flatMap(field =>
    kustomize[field] === undefined ? [] : [[field, kustomize[field]]],
  );
  const labels = kustomize['commonLabels'];
  return { ...Object.fromEntries(same), ...(isMap(labels) && { labels: [{ pairs: labels }] }) };
}
