import { mapAt, textAt } from '../../ground/json.ts';
import type { Installed } from '../helm/installed.ts';
import { localReleases, unrendered } from '../helm/local-chart.ts';
import type { Release } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Layer, mergedValues } from '../helm/values.ts';
import { type Find, type Item, type Kind, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { localChartOf } from './local-chart.ts';
import { chartOf } from './release-chart.ts';
import { releaseName } from './release-name.ts';
import { valuesLayers, valuesReads } from './values-from.ts';

export const helmRelease: Kind = {
  group: 'helm.toolkit.fluxcd.io',
  kind: 'HelmRelease',
  isReadingLate: true,
  /** Those in its values are hosts of what comes of them. */
  hosts: 'none',
  brings: (item, find) => unrendered(item, releasesOf(item, find)).flatMap(releaseObjects),
  unknowns: (item, find) => unrendered(item, releasesOf(item, find)).flatMap(releaseUnknowns),
  charts: (item, find) => localReleases(releasesOf(item, find)),
  installs: (item, find) => [installedBy(item, find)],
  reads: item => [
    ...valuesReads(item),
    ...refRead(mapAt(specOf(item), 'kubeConfig')['secretRef'], {
      path: ['spec', 'kubeConfig', 'secretRef'],
      how: 'ref',
    }),
  ],
};

/** Whether it is installed in another cluster. */
function isRemote(item: Item): boolean {
  return Object.hasOwn(specOf(item), 'kubeConfig');
}

function releasesOf(item: Item, find: Find): Release[] {
  if (isRemote(item)) return [];
  const spec = specOf(item);
  const chart = chartOf(item, find);
  const local = localChartOf(item, find);
  const own: Layer = {
    values: mapAt(spec, 'values'),
    placeOf: path => ({ item, path: ['spec', 'values', ...path] }),
  };
  const merged = mergedValues([...valuesLayers(item, find), own]);
  return [
    {
      ...chart,
      ...merged,
      ...(local && { local }),
      name: releaseName(item),
      namespace: textAt(spec, 'targetNamespace') || item.namespace,
      isPartly:
        merged.isPartly || chart.chart === undefined || Object.hasOwn(spec, 'postRenderers'),
    },
  ];
}

/** Another release where one of these is another (docs/facts/helm.md#releases-of-flux). */
function installedBy(item: Item, find: Find): Installed {
  const spec = specOf(item);
  const { namespace } = item;
  const home = textAt(spec, 'storageNamespace') || namespace;
  return {
    id: item.name,
    parts: [
      { what: 'release name', value: releaseName(item), path: ['spec', 'releaseName'] },
      {
        what: 'namespace',
        value: textAt(spec, 'targetNamespace') || namespace,
        path: ['spec', 'targetNamespace'],
      },
      { what: 'storage namespace', value: home, path: ['spec', 'storageNamespace'] },
      { what: 'chart', value: chartOf(item, find).chart, path: ['spec', 'chart', 'spec', 'chart'] },
    ],
  };
}
