import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { LocalChart } from '../deployment-ends.ts';
import { type Find, type PlacedObject, specOf } from '../kind.ts';
import { helmChart } from './helm-chart.ts';

/**
 * The chart of a HelmRelease that is a folder of a GitRepository
 * (docs/facts/flux.md#charts-of-a-repository).
 */
export function localChartOf(release: PlacedObject, find: Find): LocalChart | undefined {
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
    hasCrds: textAt(spec, 'install', 'crds') !== 'Skip',
    hasHooks: mapAt(spec, 'install')['disableHooks'] !== true,
  };
}

/** Whether it has other values files than the chart's own: they are not looked at. */
export function hasValuesFiles(release: PlacedObject, find: Find): boolean {
  return listAt(chartSpecOf(release, find).chart, 'valuesFiles').length > 0;
}

interface ChartSpec {
  readonly chart: JsonObject;
  /** The namespace that it is in. */
  readonly home: string;
  /** It is that of a HelmChart which the HelmRelease names. */
  readonly isNamed: boolean;
}

function chartSpecOf(release: PlacedObject, find: Find): ChartSpec {
  const spec = specOf(release);
  const ref = mapAt(spec, 'chartRef');
  if (ref['kind'] !== helmChart.kind)
    return { chart: mapAt(spec, 'chart', 'spec'), home: release.namespace, isNamed: false };
  const home = textAt(ref, 'namespace') || release.namespace;
  const named = find(helmChart, home, textAt(ref, 'name') ?? '');
  return { chart: mapAt(named?.json, 'spec'), home, isNamed: true };
}
