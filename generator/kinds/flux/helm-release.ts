import { createHash } from 'node:crypto';
import type { Path } from '../../core/finding.ts';
import { type Json, listAt, mapAt, mapsAt, scalarText, textAt } from '../../core/json.ts';
import { configMap, coreSecret } from '../core/secret.ts';
import { type InstalledRelease, installedPart, type LocalChart } from '../facets.ts';
import { APP_TEMPLATE, localReleases, type Release, UNKNOWN_VALUE } from '../helm/release.ts';
import type { Layer } from '../helm/values.ts';
import { mergedValues, parsedValues, valuesAt, valuesOfCharts } from '../helm/values.ts';
import { type Find, type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { readers, readOf, specFields } from '../secret-refs.ts';
import { ociRepository, SOURCES } from './sources.ts';

export const helmRelease: Kind = {
  group: 'helm.toolkit.fluxcd.io',
  kind: 'HelmRelease',
  secrets: { isOrderFree: true },
  fields: { hosts: 'none' },
  applies: {
    ...valuesOfCharts(releasesOf),
    localReleases: (object, find) => localReleases(releasesOf(object, find)),
    releases: (object, find) => [installedBy(object, find)],
    contents: contentsOf,
  },
  reads: readers(valuesReads, specFields('ref', { 'kubeConfig.secretRef': [] })),
};

function releasesOf(object: PlacedObject, find: Find): Release[] {
  const spec = specOf(object);
  if (Object.hasOwn(spec, 'kubeConfig')) return [];
  const chart = chartOf(object, find);
  const inline: Layer = {
    values: mapAt(spec, 'values'),
    placeOf: path => ({ object, path: ['spec', 'values', ...path] }),
  };
  const merged = mergedValues([...valuesLayers(object, find), inline]);
  return [
    {
      ...chart,
      ...merged,
      local: localChartOf(object, find),
      name: releaseName(object),
      namespace: textAt(spec, 'targetNamespace') || object.namespace,
      isPartly:
        merged.isPartly ||
        chart.chart === undefined ||
        Object.hasOwn(spec, 'postRenderers') ||
        // They are in the chart, and are not read.
        listAt(chartSpecOf(object, find).chart, 'valuesFiles').length > 0,
    },
  ];
}

/** What makes it another release when it changes (docs/facts/helm.md#releases-of-flux). */
function installedBy(object: PlacedObject, find: Find): InstalledRelease {
  const spec = specOf(object);
  const namespaceIn = (field: string): string => textAt(spec, field) || object.namespace;
  return {
    id: object.name,
    parts: [
      installedPart('release name', releaseName(object), 'releaseName'),
      installedPart('namespace', namespaceIn('targetNamespace'), 'targetNamespace'),
      installedPart('storage namespace', namespaceIn('storageNamespace'), 'storageNamespace'),
      installedPart('chart', chartOf(object, find).chart, 'chart', 'spec', 'chart'),
    ],
  };
}

const LONGEST = 53;

/** The name that a HelmRelease has Helm use; a long one is cut and gets a hash (docs/facts/helm.md#releases-of-flux). */
function releaseName(object: PlacedObject): string {
  const written = textAt(specOf(object), 'releaseName');
  const target = textAt(specOf(object), 'targetNamespace');
  const name = written || (target ? `${target}-${object.name}` : object.name);
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}

type Chart = Pick<Release, 'chart' | 'version' | 'called'>;

function chartOf(release: PlacedObject, find: Find): Chart {
  const spec = specOf(release);
  const written = textAt(spec, 'chart', 'spec', 'chart');
  const name = textAt(spec, 'chartRef', 'name');
  if (written !== undefined || name === undefined)
    return chartIn(written, textAt(spec, 'chart', 'spec', 'version'));
  const namespace = textAt(spec, 'chartRef', 'namespace') ?? release.namespace;
  const isChart = textAt(spec, 'chartRef', 'kind') === helmChart.kind;
  const source = find(isChart ? helmChart : ociRepository, namespace, name);
  if (source === undefined) return name === APP_TEMPLATE ? { chart: name } : { called: name };
  const named = specOf(source);
  return isChart
    ? chartIn(textAt(named, 'chart'), textAt(named, 'version'))
    : chartIn(textAt(named, 'url'), textAt(named, 'ref', 'tag'));
}

function chartIn(path: string | undefined, version: string | undefined): Chart {
  return { chart: path?.split('/').findLast(part => part !== ''), version };
}

/** The chart of a HelmRelease that is a folder of a GitRepository (docs/facts/flux.md#charts-of-a-repository). */
function localChartOf(release: PlacedObject, find: Find): LocalChart | undefined {
  const spec = specOf(release);
  const { chart, home, isNamed } = chartSpecOf(release, find);
  const path = textAt(chart, 'chart');
  const name = textAt(chart, 'sourceRef', 'name');
  const isInGit = textAt(chart, 'sourceRef', 'kind') === 'GitRepository';
  if (!isInGit || path === undefined || name === undefined) return undefined;
  const namespace = textAt(chart, 'sourceRef', 'namespace') ?? home;
  return {
    path,
    at: isNamed ? ['spec', 'chartRef', 'name'] : ['spec', 'chart', 'spec', 'chart'],
    source: { kind: 'GitRepository', name, namespace },
    tool: 'helm',
    hasCrds: textAt(spec, 'install', 'crds') !== 'Skip',
    hasHooks: mapAt(spec, 'install')['disableHooks'] !== true,
  };
}

/** Its values files, and the chart of another cluster. */
function contentsOf(release: PlacedObject, find: Find): string[] {
  const local = localChartOf(release, find);
  if (local === undefined) return [];
  const isElsewhere = Object.hasOwn(specOf(release), 'kubeConfig');
  const files = listAt(chartSpecOf(release, find).chart, 'valuesFiles').map(scalarText);
  return isElsewhere ? [local.path, ...files] : files;
}

function chartSpecOf(release: PlacedObject, find: Find) {
  const spec = specOf(release);
  const ref = mapAt(spec, 'chartRef');
  if (ref['kind'] !== helmChart.kind)
    return { chart: mapAt(spec, 'chart', 'spec'), home: release.namespace, isNamed: false };
  const home = textAt(ref, 'namespace') || release.namespace;
  const named = find(helmChart, home, textAt(ref, 'name') ?? '');
  return { chart: mapAt(named?.json, 'spec'), home, isNamed: true };
}

export const helmChart: Kind = { group: SOURCES, kind: 'HelmChart', fields: { hosts: 'none' } };
const VALUES_KEY = 'values.yaml';

/** The Secrets that a HelmRelease takes values from. `optional` allows a missing Secret, not a missing key. */
function valuesReads(release: PlacedObject): Read[] {
  return mapsAt(specOf(release), ['spec'], 'valuesFrom').flatMap(({ map, path }) => {
    const { kind, name, valuesKey, optional } = map;
    if (kind !== coreSecret.kind) return [];
    return readOf({
      name,
      path: [...path, 'name'],
      key: valuesKey ?? VALUES_KEY,
      keyPath: valuesKey === undefined ? path : [...path, 'valuesKey'],
      isOptional: optional === true,
      how: 'ref',
    }).map(read => ({ ...read, isGiven: true }));
  });
}

/** The values that a HelmRelease takes from other objects, in order; undefined: not known. */
function valuesLayers(release: PlacedObject, find: Find): (Layer | undefined)[] {
  return listAt(specOf(release), 'valuesFrom').map((entry, index) => {
    const target = textAt(entry, 'targetPath');
    if (textAt(entry, 'kind') === configMap.kind)
      return configMapLayer(release.namespace, entry, target, find);
    if (target === undefined) return undefined;
    const place = { object: release, path: ['spec', 'valuesFrom', index] };
    return { values: valuesAt(target, UNKNOWN_VALUE), placeOf: () => place };
  });
}

function configMapLayer(namespace: string, entry: Json, target: string | undefined, find: Find) {
  const key = textAt(entry, 'valuesKey') ?? VALUES_KEY;
  const object = find(configMap, namespace, textAt(entry, 'name') ?? '');
  const text = textAt(object?.json, 'data', key);
  if (object === undefined || text === undefined) return undefined;
  const values = target === undefined ? parsedValues(text) : valuesAt(target, scalarIn(text));
  const placeOf = (path: Path) => {
    return { object, path: ['data', key, ...(target === undefined ? path : [])] };
  };
  return values && { values, placeOf };
}

/** Helm reads a single value that looks like a number or a boolean as one. */
function scalarIn(text: string): Json {
  const literals: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
  return literals[text] ?? (/^\d{1,15}$/.test(text) ? Number(text) : text);
}
