import { join } from 'node:path';
import type { Finding, Path } from '../core/finding.ts';
import { scalarText, textsIn, valueAt } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import type { LocalChart } from '../kinds/facets.ts';
import { renderedKey } from '../kinds/helm/release.ts';
import type { Find, LocalRelease, ObjectField, PlacedObject } from '../kinds/kind.ts';
import type { RawDeployers } from './appliers.ts';
import { type ChartFailure, type MadeChart, madeChart, openValues } from './helm.ts';
import { placesOfSources } from './places.ts';
import type { ChartToMake } from './programs.ts';
import type { Repository } from './repository.ts';
import { notRead, type ObjectSource, parseSource } from './source.ts';
import type { FindView, Standpoint } from './source-views.ts';

interface ChartedSource {
  readonly source: ObjectSource;
  readonly charts: readonly InstalledChart[];
}

/** A chart that an object installs, and what Helm made of it. */
interface InstalledChart {
  readonly by: PlacedObject;
  readonly local: LocalChart;
  readonly sources: readonly ObjectSource[];
}

/** More charts than anybody has in one repository: a chart that installs itself would have no end. */
const MOST_CHARTS = 500;

/** Has Helm make the charts that lie in a repository, where it is allowed. */
export class Charts {
  private readonly repository: Repository;
  private readonly deployers: RawDeployers;
  private readonly viewOf: FindView;
  private count = 0;

  constructor(repository: Repository, deployers: RawDeployers, viewOf: FindView) {
    this.repository = repository;
    this.deployers = deployers;
    this.viewOf = viewOf;
  }

  /** Has the charts made of a source's objects, which stand in a tree of the repository. */
  tried(source: ObjectSource, find: Find, tree: number): Promise<TriedCharts[]> {
    const { host, allowed, root } = this.repository;
    if (allowed.helm === undefined) return Promise.resolve([]);
    const from = { tree, place: source.places?.[0] ?? root };
    const tries = source.objects.map(async by => {
      const releases = by.known?.applies?.localReleases?.(by, find) ?? [];
      const charts = releases.flatMap(release => this.chartOf(release, from) ?? []);
      const tries = charts.map(async chart => ({ chart, made: await madeChart(chart, host) }));
      return { by, all: await Promise.all(tries) };
    });
    return Promise.all(tries);
  }

  /** A source, and what was made of the charts of its objects. */
  charted(source: ObjectSource, tried: readonly TriedCharts[]): ChartedSource {
    if (tried.length === 0) return { source, charts: [] };
    const done = tried.map(({ by, all }) => finished(by, all, source, this.repository));
    const objects = done.map(({ by }) => by);
    const unread = [...(source.unread ?? []), ...done.flatMap(found => found.unread)];
    return { source: { ...source, objects, unread }, charts: done.flatMap(({ charts }) => charts) };
  }

  private chartOf(release: LocalRelease, from: Standpoint): ChartToMake | undefined {
    const { host, bounds: root, allowed } = this.repository;
    const folder = this.deployers.folderOf(release.local);
    if (folder === undefined || allowed.helm === undefined || this.count >= MOST_CHARTS)
      return undefined;
    if (host.kindOf(join(folder, 'Chart.yaml')) !== 'file') return undefined;
    if (this.viewOf(release.local, from).isPartOf(folder)) return undefined;
    this.count += 1;
    return { folder, root, release, helm: allowed.helm };
  }
}

interface TriedCharts {
  readonly by: PlacedObject;
  readonly all: readonly { readonly chart: ChartToMake; readonly made: MadeChart }[];
}

/** An object that knows which of its charts were made, what was made, and findings for the others. */
function finished(
  object: PlacedObject,
  all: TriedCharts['all'],
  source: ObjectSource,
  repository: Repository,
) {
  if (all.length === 0) return { by: object, charts: [], unread: [] };
  const made = all.flatMap(({ chart, made }) => ('text' in made ? [{ chart, made }] : []));
  const rendered = new Set(made.map(({ chart }) => renderedKey(chart.release.local)));
  const by = { ...object, rendered };
  return {
    by,
    charts: made.map(({ chart, made }) => ({
      by,
      local: chart.release.local,
      sources: renderedSources({ chart, made, by }, repository),
    })),
    unread: all.flatMap(({ chart, made }) =>
      'why' in made ? [unmadeFinding(chart, by, made, source, repository)] : [],
    ),
  };
}

/** What is said of a chart that was not made; its values are read all the same. */
function unmadeFinding(
  { folder, release }: ChartToMake,
  by: PlacedObject,
  { why, hint }: ChartFailure,
  source: ObjectSource,
  { host, shown }: Repository,
): Finding {
  const at = placesOfSources([source], host)(by, release.local.at);
  return notRead(`the Helm chart ${shown(folder)}: ${why}`, hint, at);
}

/** What was made of a chart, and for which object. */
interface RenderedChart {
  readonly chart: ChartToMake;
  readonly made: Extract<MadeChart, { readonly text: string }>;
  readonly by: PlacedObject;
}

/** A source for each template of a chart, with the objects that Helm made of it. */
function renderedSources({ chart, made, by }: RenderedChart, { shown, parse, number }: Repository) {
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

/** The place of a text in the values of a release, where it stands there just once. */
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
