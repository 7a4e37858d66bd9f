import { mapAt, textAt } from '../../ground/json.ts';
import type { Installed } from '../helm/installed.ts';
import { localReleases, unrendered } from '../helm/local-chart.ts';
import type { Release } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Layer, mergedValues } from '../helm/values.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { hasValuesFiles, localChartOf } from './local-chart.ts';
import { chartOf } from './release-chart.ts';
import { releaseName } from './release-name.ts';
import { valuesLayers, valuesReads } from './values-from.ts';

export const helmRelease: Kind = {
  group: 'helm.toolkit.fluxcd.io',
  kind: 'HelmRelease',
  isReadingLate: true,
  /** Those in its values are hosts of what comes of them. */
  hosts: 'none',
  brings: (object, find) => unrendered(object, releasesOf(object, find)).flatMap(releaseObjects),
  unknowns: (object, find) => unrendered(object, releasesOf(object, find)).flatMap(releaseUnknowns),
  charts: (object, find) => localReleases(releasesOf(object, find)),
  installs: (object, find) => [installedBy(object, find)],
  reads: object => [
    ...valuesReads(object),
    ...refRead(mapAt(specOf(object), 'kubeConfig')['secretRef'], {
      path: ['spec', 'kubeConfig', 'secretRef'],
      how: 'ref',
    }),
  ],
};

/** Whether it is installed in another cluster. */
function isRemote(object: PlacedObject): boolean {
  return Object.hasOwn(specOf(object), 'kubeConfig');
}

function releasesOf(object: PlacedObject, find: Find): Release[] {
  if (isRemote(object)) return [];
  const spec = specOf(object);
  const chart = chartOf(object, find);
  const local = localChartOf(object, find);
  const own: Layer = {
    values: mapAt(spec, 'values'),
    placeOf: path => ({ object, path: ['spec', 'values', ...path] }),
  };
  const merged = mergedValues([...valuesLayers(object, find), own]);
  return [
    {
      ...chart,
      ...merged,
      ...(local && { local }),
      name: releaseName(object),
      namespace: textAt(spec, 'targetNamespace') || object.namespace,
      isPartly:
        merged.isPartly ||
        chart.chart === undefined ||
        Object.hasOwn(spec, 'postRenderers') ||
        hasValuesFiles(object, find),
    },
  ];
}

/** Another release where one of these is another (docs/facts/helm.md#releases-of-flux). */
function installedBy(object: PlacedObject, find: Find): Installed {
  const spec = specOf(object);
  const { namespace } = object;
  const home = textAt(spec, 'storageNamespace') || namespace;
  return {
    id: object.name,
    parts: [
      { what: 'release name', value: releaseName(object), path: ['spec', 'releaseName'] },
      {
        what: 'namespace',
        value: textAt(spec, 'targetNamespace') || namespace,
        path: ['spec', 'targetNamespace'],
      },
      { what: 'storage namespace', value: home, path: ['spec', 'storageNamespace'] },
      {
        what: 'chart',
        value: chartOf(object, find).chart,
        path: ['spec', 'chart', 'spec', 'chart'],
      },
    ],
  };
}
