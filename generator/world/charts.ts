import { join } from 'node:path';
import type { Path } from '../core/finding.ts';
import { scalarText, textsIn, valueAt } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import type { LocalChart } from '../kinds/facets.ts';
import { renderedKey } from '../kinds/helm/release.ts';
import type { Find, LocalRelease, ObjectField, PlacedObject } from '../kinds/kind.ts';
import type { RawDeployers } from './appliers.ts';
import { toolFor } from './folders.ts';
import { type MadeChart, madeChart, openValues } from './helm.ts';
import { placesOfSources } from './places.ts';
import type { ChartToMake } from './programs.ts';
import type { Repository } from './repository.ts';
import { notRead, type ObjectSource, parseSource } from './source.ts';
import type { FindView, Standpoint } from './source-views.ts';

interface ChartedSource {
  readonly source: ObjectSource;
  readonly charts: readonly {
    readonly by: PlacedObject;
    readonly local: LocalChart;
    readonly sources: readonly ObjectSource[];
  }[];
}

/** More charts than anybody has in one repository: a chart that installs itself would have no end. */
const MOST_CHARTS = 500;

/** Has Helm make the charts of a source's objects, where that is allowed. The result, called when all are made, numbers them. */
export function chartMaker(
  repository: Repository,
  deployers: RawDeployers,
  viewOf: FindView,
): (source: ObjectSource, find: Find, tree: number) => Promise<() => ChartedSource> {
  const { host, bounds, root } = repository;
  const { helm } = repository.allowed;
  let count = 0;
  const chartOf = (release: LocalRelease, from: Standpoint): ChartToMake[] => {
    const folder = deployers.folderOf(release.local);
    if (folder === undefined || helm === undefined || count >= MOST_CHARTS) return [];
    if (host.kindOf(join(folder, 'Chart.yaml')) !== 'file') return [];
    if (toolFor(folder, release.local, host) !== 'helm') return [];
    if (viewOf(release.local, from).isPartOf(folder)) return [];
    count += 1;
    return [{ folder, root: bounds, release, helm }];
  };
  return async (source, find, tree) => {
    if (helm === undefined) return () => ({ source, charts: [] });
    const from = { tree, place: source.places?.[0] ?? root };
    const tries = source.objects.map(async by => {
      const releases = by.knownKind?.applies?.localReleases?.(by, find) ?? [];
      const charts = releases.flatMap(release => chartOf(release, from));
      const made = charts.map(async chart => ({ chart, made: await madeChart(chart, host) }));
      return { by, all: await Promise.all(made) };
    });
    const tried = await Promise.all(tries);
    return () => charted(source, tried, repository);
  };
}

interface TriedCharts {
  readonly by: PlacedObject;
  readonly all: readonly { readonly chart: ChartToMake; readonly made: MadeChart }[];
}

function charted(source: ObjectSource, tried: readonly TriedCharts[], repository: Repository) {
  if (tried.every(({ all }) => all.length === 0)) return { source, charts: [] };
  const { host, shown } = repository;
  const done = tried.map(({ by: object, all }) => {
    const made = all.flatMap(({ chart, made }) => ('text' in made ? [{ chart, made }] : []));
    const rendered = new Set(made.map(({ chart }) => renderedKey(chart.release.local)));
    const by = all.length === 0 ? object : { ...object, rendered };
    const unread = all.flatMap(({ chart: { folder, release }, made }) => {
      if ('text' in made) return [];
      const at = placesOfSources([source], host)(by, release.local.at);
      return notRead(`the Helm chart ${shown(folder)}: ${made.why}`, made.hint, at);
    });
    const charts = made.map(({ chart, made }) => ({
      by,
      local: chart.release.local,
      sources: renderedSources(by, chart, made, repository),
    }));
    return { by, charts, unread };
  });
  const objects = done.map(({ by }) => by);
  const unread = [...(source.unread ?? []), ...done.flatMap(found => found.unread)];
  return { source: { ...source, objects, unread }, charts: done.flatMap(({ charts }) => charts) };
}

function renderedSources(
  by: PlacedObject,
  { folder, release, helm }: ChartToMake,
  made: Extract<MadeChart, { readonly text: string }>,
  { shown, parse, number }: Repository,
) {
  const name = shown(folder);
  const valuePlace = placesOfValues(release);
  const unknowns = openValues(release, name);
  return [...byTemplate(made.text)].map(([template, text], index) => {
    const place = made.files.get(template) ?? join(folder, 'Chart.yaml');
    const places = [...new Set([place, ...made.files.values()])];
    const file = shown(place);
    const common = { name, file, isBuilt: true, helm: helm.version, text, findings: [], places };
    const source = index === 0 ? { ...common, unknowns } : common;
    const parsed = parseSource(source, number(), release.namespace, parse);
    const objects = parsed.objects.map(object => {
      const placeOf = (path: Path): ObjectField =>
        valuePlace(valueAt(object.json, path)) ?? { object, path };
      return { ...object, written: { by, placeOf } };
    });
    return { ...parsed, objects };
  });
}

/** What Helm printed, by the template's path in the chart, which it prints before each object. */
export function byTemplate(text: string): Map<string, string> {
  const templates = new Map<string, string>();
  for (const part of text.split(/^---[ \t]{0,9}$/m)) {
    const [, template] = /^# Source: [^/\n]{1,300}\/([^\n]{1,2000})$/m.exec(part) ?? [];
    if (template === undefined) continue;
    const before = templates.get(template);
    templates.set(template, before === undefined ? part : `${before}---${part}`);
  }
  return templates.size > 0 ? templates : new Map([['Chart.yaml', '']]);
}

/** A shorter text is the value of many fields, so that it tells no place. */
const SHORTEST = 3;

function placesOfValues(release: LocalRelease): (value: unknown) => ObjectField | undefined {
  const pathsByText = onceFor(() => {
    const paths = new Map<string, Path | undefined>();
    for (const { text, path } of textsIn(release.values, []))
      paths.set(text, paths.has(text) ? undefined : path);
    return paths;
  });
  return value => {
    if (typeof value !== 'string' || scalarText(value).length < SHORTEST) return undefined;
    const path = pathsByText().get(value);
    return path && release.placeOf(path);
  };
}
