import { join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { LocalChart } from '../kinds/deployment-ends.ts';
import { renderedKey } from '../kinds/helm/release.ts';
import type { Find, LocalRelease, PlacedObject } from '../kinds/kind.ts';
import type { RawDeployers } from './appliers.ts';
import { begunChart, type ChartFailure, type MadeChart } from './helm.ts';
import { type RenderedChart, renderedSources } from './helm-charts.ts';
import { placesOfSources } from './places.ts';
import type { ChartToMake } from './programs.ts';
import type { Repository } from './repository.ts';
import type { ObjectSource } from './source.ts';
import type { Numbers } from './unit.ts';

/** A chart that an object has installed, and what Helm made of it. */
interface InstalledChart {
  readonly by: PlacedObject;
  readonly local: LocalChart;
  readonly sources: readonly ObjectSource[];
}

/** A source, and the charts of the repository that its objects have installed. */
interface ChartedSource {
  readonly source: ObjectSource;
  readonly charts: readonly InstalledChart[];
}

/** More charts than anybody has in one repository; what installs itself has no end. */
const MOST_CHARTS = 500;

/** Has Helm make the charts that lie in a repository, where it is allowed. */
export class Charts {
  private readonly repository: Repository;
  private readonly deployers: RawDeployers;
  private readonly number: Numbers;
  private count = 0;

  constructor(repository: Repository, deployers: RawDeployers, number: Numbers) {
    this.repository = repository;
    this.deployers = deployers;
    this.number = number;
  }

  /** Begins with the charts of a source's objects, which then know what was made of them. */
  begin(source: ObjectSource, find: Find): () => ChartedSource {
    if (this.repository.allowed.helm === undefined) return () => ({ source, charts: [] });
    const begun = source.objects.map(object => {
      const found = (object.known?.applies?.localReleases?.(object, find) ?? []).flatMap(
        release => this.chartOf(release) ?? [],
      );
      return { object, charts: found.map(chart => this.begun(chart)) };
    });
    return () => {
      const done = begun.map(({ object, charts }) => this.finished(object, charts, source));
      return {
        source: {
          ...source,
          objects: done.map(({ by }) => by),
          unread: [...(source.unread ?? []), ...done.flatMap(({ unread }) => unread)],
        },
        charts: done.flatMap(({ charts }) => charts),
      };
    };
  }

  /** An object that knows which of its charts were made, with what was made, and what is said of the others. */
  private finished(
    object: PlacedObject,
    charts: readonly BegunChart[],
    source: ObjectSource,
  ): Finished {
    if (charts.length === 0) return { by: object, charts: [], unread: [] };
    const all = charts.map(({ chart, finish }) => ({ chart, made: finish() }));
    const made = all.flatMap(({ chart, made }) => ('text' in made ? [{ chart, made }] : []));
    const rendered = new Set(made.map(({ chart }) => renderedKey(chart.release.local)));
    const by = { ...object, rendered };
    return {
      by,
      charts: made.map(({ chart, made }) => this.installed(chart, made, by)),
      unread: all.flatMap(({ chart, made }) =>
        'why' in made ? [this.unmade(chart, by, made, source)] : [],
      ),
    };
  }

  /** A release whose chart is here. */
  private chartOf(release: LocalRelease): ChartToMake | undefined {
    const { host, bounds: root, allowed } = this.repository;
    const folder = this.deployers.folderOf(release.local);
    if (folder === undefined || allowed.helm === undefined || this.count >= MOST_CHARTS)
      return undefined;
    if (host.kindOf(join(folder, 'Chart.yaml')) !== 'file') return undefined;
    this.count += 1;
    return { folder, root, release, helm: allowed.helm };
  }

  private begun(chart: ChartToMake): BegunChart {
    return { chart, finish: begunChart(chart, this.repository.host) };
  }

  private installed(
    chart: ChartToMake,
    made: RenderedChart['made'],
    by: PlacedObject,
  ): InstalledChart {
    const sources = renderedSources({ chart, made, by }, this.repository, this.number);
    return { by, local: chart.release.local, sources };
  }

  /** What is said of a chart that was not made; its values are read all the same. */
  private unmade(
    { folder, release }: ChartToMake,
    by: PlacedObject,
    { why, hint }: ChartFailure,
    source: ObjectSource,
  ): Finding {
    const { host, shown } = this.repository;
    const placeOf = placesOfSources([source], host);
    const at = placeOf(by, release.local.at);
    return {
      rule: 'not-read',
      severity: 'warning',
      message: `not read: the Helm chart ${shown(folder)}: ${why}`,
      hint,
      field: '',
      ...(at !== undefined && { at }),
    };
  }
}

interface BegunChart {
  readonly chart: ChartToMake;
  /** Waits for what is made of it. */
  readonly finish: () => MadeChart;
}

interface Finished extends Pick<ChartedSource, 'charts'> {
  readonly by: PlacedObject;
  readonly unread: readonly Finding[];
}
