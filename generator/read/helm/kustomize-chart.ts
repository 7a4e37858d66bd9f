import { join } from 'node:path';
import { type Host, textOf } from '../../ground/host.ts';
import { isMap } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import { localReleases } from '../../kinds/helm/release.ts';
import type { LocalRelease, PlacedObject } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm/kustomization.ts';
import { chartReleases, valuesFiles } from '../../kinds/krm/kustomize-charts.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { isInside } from '../inside.ts';
import type { KustomizationEntry } from '../kustomize/kustomization.ts';
import { begunChart, type MadeChart } from './begun-chart.ts';
import type { ChartFailure } from './chart-failure.ts';
import type { Helm } from './helm.ts';
import { openValues, valuesObject } from './values.ts';

/** What was made of it, and what it may make besides. */
type KustomizeChart =
  | (Extract<MadeChart, { readonly text: string }> & { readonly unknowns: readonly Unknown[] })
  | ChartFailure;

/**
 * What Helm makes of a chart of a kustomization, which kustomize then changes as it does all else;
 * undefined: the chart is not in the repository.
 */
export function kustomizeChart(
  { by, load: { path } }: KustomizationEntry,
  { root, helm }: { readonly root: string; readonly helm: Helm },
  host: Host,
): KustomizeChart | undefined {
  const [field, index] = path;
  if (field !== 'helmCharts' || !isMap(by.document)) return undefined;
  const object = chartObject(by.document, by.folder, root, host);
  const release = localReleases(chartReleases(object)).find(({ local }) => local.at[1] === index);
  if (release === undefined) return undefined;
  const folder = chartFolder(release, by.folder, root, host);
  if (folder === undefined) return undefined;
  const made = begunChart({ folder, root, release, helm }, host)();
  return 'text' in made ? { ...made, unknowns: openValues(release, release.local.path) } : made;
}

function chartFolder(
  { local }: LocalRelease,
  folder: string,
  root: string,
  host: Host,
): string | undefined {
  const place = host.realPath(join(folder, local.path));
  if (place === undefined || !isInside(root, place, host)) return undefined;
  return host.kindOf(join(place, 'Chart.yaml')) === 'file' ? place : undefined;
}

/** A kustomization as an object, with its files of values. */
function chartObject(document: object, folder: string, root: string, host: Host): PlacedObject {
  const { group, kind } = kustomizationFile;
  const object = { ...document, apiVersion: `${group}/v1beta1`, kind } as unknown as KubeObject;
  const placed = placedObject(object, -1, [0], '');
  const files = valuesFiles(placed).flatMap(name => {
    const place = host.realPath(join(folder, name));
    if (place === undefined || !isInside(root, place, host)) return [];
    const values =
      host.kindOf(place) === 'file' ? valuesObject(textOf(place, host), name, -1) : undefined;
    return values === undefined ? [] : [[name, values] as const];
  });
  return { ...placed, files: new Map(files) };
}
