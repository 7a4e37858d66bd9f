import { basename, join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isMap } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isKustomization } from '../kustomization-files.ts';
import type { Begun } from '../kustomize/plain-list.ts';
import { type ManifestSource, readFound } from '../manifest-source.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';
import { sourcesOfFolder } from './applied-folder.ts';
import type { NamedFiles } from './named-files.ts';
import type { Repository } from './repository.ts';
import type { Numbers, Unit } from './unit.ts';
import { unmadeChart } from './unseen-sources.ts';
import { filledManifests, type KnownObjects, type Variables } from './variables.ts';

type Sources = Pick<Unit, 'sources' | 'raw'>;

/** What all units of a repository have in common. */
interface Shared {
  readonly known: KnownObjects;
  readonly files: NamedFiles;
}

/** Reads the sources of units: as they are written, or as their deployer changes them. */
export class UnitSources {
  private readonly repository: Repository;
  private readonly number: Numbers;
  private readonly shared: Shared;

  constructor(repository: Repository, number: Numbers, shared: Shared) {
    this.repository = repository;
    this.number = number;
    this.shared = shared;
  }

  /** What nothing applies. */
  ofNobody(sources: readonly ManifestSource[]): Sources {
    const { namespace, parse } = this.repository;
    const parsed = sources.map(source =>
      orForeign(parseSource(source, this.number(), namespace, parse)),
    );
    return { sources: parsed.flatMap(source => this.withCharts(source)), raw: this.rawOf(parsed) };
  }

  /** What stands for a text of manifests: the charts of a kustomization have sources of their own. */
  private withCharts(source: ObjectSource): ObjectSource[] {
    const { charted = [], unknowns = [] } = source;
    return [
      { ...source, unknowns: unknowns.filter(({ isChart }) => isChart !== true) },
      ...charted.flatMap(file => this.shared.files.charted(file)),
    ];
  }

  /** Begins with what a deployment object has applied of a folder; undefined: a chart makes it. */
  begin(folder: string, applied: Applied): Begun | undefined {
    const { host } = this.repository;
    if (host.exists(join(folder, 'Chart.yaml'))) return undefined;
    return sourcesOfFolder(folder, applied, this.repository);
  }

  /** What a deployment object has applied of a folder, of which something has begun. */
  of(folder: string, applied: Applied, by: PlacedObject, begun: Begun | undefined): Sources {
    const { shown } = this.repository;
    if (begun === undefined) {
      const chart = unmadeChart(shown(folder), applied, this.number());
      const contents = (): string => contentsOf(folder, this.repository.host);
      return { sources: [{ ...chart, places: [folder], contents }], raw: [] };
    }
    const { substitute } = applied;
    const variables = substitute && this.shared.known.of(substitute, by);
    const sources = begun()
      .flatMap(source => this.withCharts(this.parsed(source, variables)))
      .map(source => placed(source, applied));
    return { sources, raw: this.rawOf(sources).map(source => placed(source, applied)) };
  }

  private parsed(source: ManifestSource, variables: Variables | undefined): ObjectSource {
    const { text } = source;
    const { namespace, parse } = this.repository;
    const places = source.places ?? this.placesOf(source);
    const written = parseSource({ ...source, places }, this.number(), namespace, parse);
    if (variables === undefined || text?.includes('${') !== true || written.findings.length > 0)
      return written;
    const filled = { ...source, places, text: filledManifests({ ...written, text }, variables) };
    // It is shown as it is written.
    return { ...parseSource(filled, written.number, namespace, parse), text };
  }

  private placesOf({ file }: ManifestSource): string[] {
    const place = this.repository.host.realPath(file);
    return place === undefined ? [] : [place];
  }

  private rawOf(sources: readonly ObjectSource[]): ObjectSource[] {
    return sources.flatMap(source => rawSources(source, this.repository, this.number));
  }
}

/** YAML that cannot be read and has no object is another program's, which may know its tags. */
function orForeign(source: ObjectSource): ObjectSource {
  const isBroken = source.text !== undefined && source.findings.length > 0;
  if (!isBroken || source.isBuilt || source.text.includes('apiVersion')) return source;
  return { ...source, findings: [], strangers: 1 };
}

/** The manifests that a kustomization which cannot be built would be built from, as they are. */
function rawSources(
  { text, places = [], namespace: home }: ObjectSource,
  { host, shown, namespace }: Repository,
  number: () => number,
): ObjectSource[] {
  if (text !== undefined) return [];
  const given = home === undefined ? {} : { namespace: home, isForced: true };
  return places
    .filter(place => /\.(ya?ml|json)$/.test(place) && host.kindOf(place) === 'file')
    .filter(place => !isKustomization(basename(place)))
    .map(place => parseSource(readFound(shown(place), host), number(), namespace))
    .map(source => placed({ ...source, findings: [] }, given));
}

/** What a deployer does with the objects that it applies. */
type Placing = Pick<Applied, 'namespace' | 'isForced' | 'metadata'>;

/**
 * Objects as their deployer applies them: with its labels and annotations, and in its namespace,
 * which those that have none get, or all.
 */
function placed(source: ObjectSource, applied: Placing): ObjectSource {
  const { namespace, metadata } = applied;
  if (namespace === undefined && metadata === undefined) return source;
  const objects = source.objects.map(object =>
    inNamespace(withMetadata(object, metadata), applied),
  );
  return { ...source, objects };
}

function inNamespace(object: PlacedObject, { namespace, isForced = false }: Placing): PlacedObject {
  const isOwn = object.known?.isOfCluster === true || (object.namespace !== '' && !isForced);
  return namespace === undefined || isOwn ? object : { ...object, namespace };
}

function withMetadata(object: PlacedObject, added: Placing['metadata']): PlacedObject {
  const own: unknown = object.json.metadata;
  if (added === undefined || !isMap(own)) return object;
  const given = Object.entries(added).map(([field, values]) => {
    const before = own[field];
    return [field, { ...(isMap(before) ? before : {}), ...values }];
  });
  const metadata = { ...own, ...Object.fromEntries(given) } as unknown as KubeObject['metadata'];
  return { ...object, json: { ...object.json, metadata } };
}

/** All files below a folder, by their names. */
function contentsOf(folder: string, host: Host): string {
  const files = host.listFiles(folder).sort();
  return JSON.stringify(files.map(file => [file, readFound(join(folder, file), host).text ?? '']));
}
