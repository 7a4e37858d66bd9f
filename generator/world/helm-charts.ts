import { join } from 'node:path';
import type { Path } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { isMap, scalarText, textsIn, valueAt } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { onceFor } from '../core/once.ts';
import type { Unknown } from '../kinds/deployment-ends.ts';
import { localReleases } from '../kinds/helm/release.ts';
import type { LocalRelease, ObjectField, PlacedObject } from '../kinds/kind.ts';
import { chartReleases, kustomizationFile, valuesFiles } from '../kinds/krm.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { begunChart, type ChartFailure, type MadeChart, openValues, valuesObject } from './helm.ts';
import { isInside } from './inside.ts';
import type { KustomizationEntry } from './kustomize/kustomization.ts';
import type { ChartToMake, Helm } from './programs.ts';
import type { Repository } from './repository.ts';
import { type ObjectSource, parseSource } from './source.ts';
import type { Numbers } from './unit.ts';

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

/** What was made of a chart, and for which object. */
export interface RenderedChart {
  readonly chart: ChartToMake;
  readonly made: Extract<MadeChart, { readonly text: string }>;
  readonly by: PlacedObject;
}

/** The objects that Helm made, as a source for each template, with places for their fields. */
export function renderedSources(
  { chart, made, by }: RenderedChart,
  { shown, parse }: Pick<Repository, 'shown' | 'parse'>,
  number: Numbers,
): ObjectSource[] {
  const { folder, release, helm } = chart;
  const name = shown(folder);
  const valuePlace = placesOfValues(release);
  const unknowns = openValues(release, name);
  return [...byTemplate(made.text)].map(([template, text], index) => {
    const place = made.files.get(template) ?? join(folder, 'Chart.yaml');
    const places = [...new Set([place, ...made.files.values()])];
    const file = shown(place);
    const own = { name, file, isBuilt: true, helm: helm.version, text, findings: [], places };
    const source = index === 0 ? { ...own, unknowns } : own;
    const parsed = parseSource(source, number(), release.namespace, parse);
    const objects = parsed.objects.map(object => {
      const placeOf = (path: Path): ObjectField =>
        valuePlace(valueAt(object.json, path)) ?? { object, path };
      return { ...object, written: { by, placeOf } };
    });
    return { ...parsed, objects };
  });
}

/** What Helm printed, by the path of the template in the chart: it says it before each object. Or nothing. */
function byTemplate(text: string): Map<string, string> {
  const templates = new Map<string, string>();
  for (const part of text.split(/^---[ \t]{0,9}$/m)) {
    const [, template] = /^# Source: [^/\n]{1,300}\/([^\n]{1,2000})$/m.exec(part) ?? [];
    if (template === undefined) continue;
    const before = templates.get(template);
    templates.set(template, before === undefined ? part : `${before}---${part}`);
  }
  return templates.size > 0 ? templates : new Map([['Chart.yaml', '']]);
}

/** Shorter texts are values of many things. */
const SHORTEST = 3;

/** Where a text of an object stands in the values, if it stands there once. */
function placesOfValues(release: LocalRelease): (value: unknown) => ObjectField | undefined {
  const known = onceFor(() => {
    const paths = new Map<string, Path | undefined>();
    for (const { text, path } of textsIn(release.values, []))
      paths.set(text, paths.has(text) ? undefined : path);
    return paths;
  });
  return value => {
    if (typeof value !== 'string' || scalarText(value).length < SHORTEST) return undefined;
    const path = known().get(value);
    return path && release.placeOf(path);
  };
}
