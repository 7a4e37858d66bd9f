import { listAt, mapAt, textAt } from '../../ground/json.ts';
import type { LocalChart } from '../deployment-ends.ts';
import { type Find, type Item, specOf } from '../kind.ts';
import { helmChart } from './helm-chart.ts';

/**
 * The chart of a HelmRelease that is a folder of a GitRepository
 * (docs/facts/flux.md#charts-of-a-repository). Other values files than the chart's own are not looked at.
 */
export function localChartOf(release: Item, find: Find): LocalChart | undefined {
  const spec = specOf(release);
  const ref = mapAt(spec, 'chartRef');
  const isNamed = ref['kind'] === helmChart.kind;
  const home = (isNamed && textAt(ref, 'namespace')) || release.namespace;
  const named = isNamed ? find(helmChart, home, textAt(ref, 'name') ?? '') : undefined;
  const chart = isNamed ? mapAt(named?.object, 'spec') : mapAt(spec, 'chart', 'spec');
  const path = textAt(chart, 'chart');
  const name = textAt(chart, 'sourceRef', 'name');
  const isInGit = textAt(chart, 'sourceRef', 'kind') === 'GitRepository';
  const hasOwnFiles = listAt(chart, 'valuesFiles').length > 0;
  if (!isInGit || hasOwnFiles || path === undefined || name === undefined) return undefined;
  const namespace = textAt(chart, 'sourceRef', 'namespace') ?? home;
  return {
    path,
    at: isNamed ? ['spec', 'chartRef', 'name'] : ['spec', 'chart', 'spec', 'chart'],
    source: { kind: 'GitRepository', name, namespace },
    hasCrds: textAt(spec, 'install', 'crds') !== 'Skip',
    hasHooks: mapAt(spec, 'install')['disableHooks'] !== true,
  };
}
