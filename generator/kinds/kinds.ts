import type { Path } from '../core/finding.ts';
import { groupBy, mapAt, scalarText } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { CERT_MANAGER } from './cert-manager.ts';
import { objectStore } from './cnpg/backups.ts';
import { CNPG } from './cnpg/group.ts';
import { managedResource } from './crossplane.ts';
import { ESO, GENERATORS } from './eso/group.ts';
import { KEDA } from './keda.ts';
import type { Find, Kind, ObjectField, PlacedObject } from './kind.ts';
import * as list from './kind-list.ts';
import { openTelemetryCollector } from './otel.ts';
import { sealedSecret } from './sealed-secrets.ts';

export const kinds: readonly Kind[] = Object.values<Kind | readonly Kind[]>(list).flat();
const byName: ReadonlyMap<string, readonly Kind[]> = groupBy(kinds, ({ kind }) => kind);

/** All kinds of a name, whatever their groups. */
export function kindsNamed(name: string): readonly Kind[] {
  return byName.get(name) ?? [];
}

/** Groups that no longer have kinds, or never had any. */
const ABANDONED = /^(|[a-z]+|.*\.k8s\.io)$/;

/** The kind with this group and name; for a group that was removed or never existed, the only kind of this name. */
export function kindOf(group: string, kind: string): Kind | undefined {
  const named = kindsNamed(kind);
  return (
    named.find(candidate => candidate.group === group) ??
    managedResource(group, kind) ??
    named.find(candidate => candidate.served?.formerly?.includes(group)) ??
    (ABANDONED.test(group) ? named.find(candidate => candidate.isUnmistakable) : undefined)
  );
}

/** The API groups whose CRDs come with an operator's chart, by the chart's name. */
const CHART_GROUPS: Readonly<Record<string, readonly string[]>> = {
  'external-secrets': [ESO, GENERATORS],
  'cloudnative-pg': [CNPG],
  'plugin-barman-cloud': [objectStore.group],
  'opentelemetry-operator': [openTelemetryCollector.group],
  'cert-manager': [CERT_MANAGER],
  'sealed-secrets': [sealedSecret.group],
  keda: [KEDA],
};

/** The API groups whose CRDs a chart installs; none for a chart that is not known. */
export function chartGroups(chart: string): readonly string[] {
  return Object.hasOwn(CHART_GROUPS, chart) ? (CHART_GROUPS[chart] ?? []) : [];
}

/** An object with its kind and its place; one without a namespace of its own is in `namespace`. */
export function placedObject(
  json: KubeObject,
  file: number,
  path: Path,
  namespace: string,
): PlacedObject {
  const { apiVersion, kind } = json;
  const { name, namespace: written } = mapAt(json, 'metadata');
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  const knownKind = kindOf(group, kind);
  const home =
    knownKind?.isOfCluster === true ? '' : typeof written === 'string' ? written : namespace;
  return { json, group, kind, knownKind, namespace: home, name: scalarText(name), file, path };
}

/** The objects that other objects stand for, as a release does for the pods of its chart; one level only. */
export function broughtBy(objects: readonly PlacedObject[], find: Find): PlacedObject[] {
  return objects.flatMap(by =>
    (by.knownKind?.applies?.objects?.(by, find) ?? []).map(({ object, called, placeOf }) => ({
      ...placedObject(object, by.file, by.path, by.namespace),
      ...(called !== undefined && { kind: called }),
      written: { by, placeOf },
    })),
  );
}

/** The object that is written in a manifest: this one, or the one that stands for it. */
export function writtenObject(object: PlacedObject): PlacedObject {
  return object.written?.by ?? object;
}

export function writtenAt(object: PlacedObject, path: Path): ObjectField {
  return object.written?.placeOf(path) ?? { object, path };
}
