import { createHash } from 'node:crypto';
import { mapAt, textAt } from '../../ground/json.ts';
import type { Installed } from '../deployment-ends.ts';
import { APP_TEMPLATE } from '../helm/app-template/app.ts';
import { localReleases, type Release, unrendered } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Layer, mergedValues } from '../helm/values.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { helmChart } from './helm-chart.ts';
import { hasValuesFiles, localChartOf } from './local-chart.ts';
import { ociRepository } from './oci-repository.ts';
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

/** Helm allows no longer name of a release. */
const LONGEST = 53;

/** The name that a HelmRelease has Helm use; a long one is cut and gets a hash (docs/facts/helm.md#releases-of-flux). */
function releaseName(object: PlacedObject): string {
  const own = textAt(specOf(object), 'releaseName');
  const target = textAt(specOf(object), 'targetNamespace');
  const name = own || (target ? `${target}-${object.name}` : object.name);
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}

/** A chart by its name, and its version where it is written. */
interface Chart {
  readonly chart?: string;
  readonly version?: string;
  /** The object that names it, where that is not there. */
  readonly called?: string;
}

/** The chart that a HelmRelease says, or the object that it names. */
function chartOf(release: PlacedObject, find: Find): Chart {
  const spec = specOf(release);
  const own = chartIn(
    textAt(spec, 'chart', 'spec', 'chart'),
    textAt(spec, 'chart', 'spec', 'version'),
  );
  const name = textAt(spec, 'chartRef', 'name');
  if (own.chart !== undefined || name === undefined) return own;
  const namespace = textAt(spec, 'chartRef', 'namespace') ?? release.namespace;
  const isChart = textAt(spec, 'chartRef', 'kind') === helmChart.kind;
  const source = find(isChart ? helmChart : ociRepository, namespace, name);
  if (source === undefined) return name === APP_TEMPLATE ? { chart: name } : { called: name };
  const named = specOf(source);
  return isChart
    ? chartIn(textAt(named, 'chart'), textAt(named, 'version'))
    : chartIn(textAt(named, 'url'), textAt(named, 'ref', 'tag'));
}

/** The last part of a path or an address is the name. */
function chartIn(path: string | undefined, version: string | undefined): Chart {
  const chart = path?.split('/').findLast(part => part !== '');
  return {
    ...(chart !== undefined && { chart }),
    ...(version !== undefined && { version }),
  };
}
