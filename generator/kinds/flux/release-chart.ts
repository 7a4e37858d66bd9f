import { textAt } from '../../ground/json.ts';
import { APP_TEMPLATE } from '../helm/app-template/app.ts';
import { type Find, type PlacedObject, specOf } from '../kind.ts';
import { helmChart } from './helm-chart.ts';
import { ociRepository } from './oci-repository.ts';

/** A chart by its name, and its version where it is written. */
export interface Chart {
  readonly chart?: string;
  readonly version?: string;
  /** The object that names it, where that is not there. */
  readonly called?: string;
}

/** The chart that a HelmRelease says, or the object that it names. */
export function chartOf(release: PlacedObject, find: Find): Chart {
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
