import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt, valueAt } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import type { AppliedFolder } from '../deployment-ends.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** The folders that an Application has applied (docs/facts/argocd.md#sources). */
export function appliedByApplication(object: PlacedObject): AppliedFolder[] {
  const spec = specOf(object);
  const cluster = clusterOf(mapAt(spec, 'destination'));
  const home = textAt(spec, 'destination', 'namespace');
  return sourcesIn(object.json, ['spec']).flatMap(({ source, at }) => {
    const path = textAt(source, 'path');
    const url = textAt(source, 'repoURL');
    if (path === undefined || source['chart'] !== undefined || url === undefined) return [];
    return [
      {
        path,
        at: [...at, 'path'],
        url,
        reads: readsOf(mapAt(source, 'directory')),
        isUnrestricted: false,
        overlay: overlayOf(mapAt(source, 'kustomize')),
        ...(home !== undefined && { namespace: home }),
        ...(cluster !== undefined && { cluster }),
      },
    ];
  });
}

/** The sources in the spec of an Application, and where they stand. */
function sourcesIn(
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
