import { basename, dirname, join, relative } from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { Host } from '../core/host.ts';
import { isMap } from '../core/json.ts';
import { isUnresolved, type KubeObject } from '../core/kube-object.ts';
import type { AppliedFolder, ChartPlace, LostFolder, Unknown } from '../kinds/deployment-ends.ts';
import { renderedKey } from '../kinds/helm/release.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { kustomizationFile } from '../kinds/krm.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { parseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';
import {
  appliedOf,
  filledManifests,
  isRoot,
  KnownObjects,
  type rawDeployers,
  sourcesOfFolder,
  textAtPlace,
  type Variables,
} from './appliers.ts';
import { Charts } from './charts.ts';
import { isKustomization } from './folders.ts';
import { valuesObject } from './helm.ts';
import { isBelow } from './inside.ts';
import type { Begun } from './kustomize/build.ts';
import { syncId } from './object-set.ts';
import { type Repository, withTree } from './repository.ts';
import {
  type ChartedFile,
  type ManifestSource,
  namedIn,
  type ObjectSource,
  parseSource,
  readFound,
} from './source.ts';
import { folderOf } from './survey.ts';
import type { Numbers, Unit } from './unit.ts';

/** More units than anybody has; what makes itself has no end. */
const MOST_UNITS = 2_000;

/** Where a unit begins that nothing applies. */
interface Beginning extends Pick<Unit, 'folder'> {
  /** What is in it. */
  readonly how: string;
  /** The file from the root that begins it, if it is one. */
  readonly file?: string;
}

/** Units of a repository while they are found: with each come those that it has applied, to any depth. */
export class GrowingUnits {
  readonly units: Unit[] = [];
  /** The files that a unit is made from, by their places. */
  private readonly covered = new Set<string>();
  private readonly applied = new Set<string>();
  /** What of it has begun to be built. */
  private readonly begun = new Map<string, Begun | undefined>();
  readonly known: KnownObjects = new KnownObjects();
  readonly files: NamedFiles;
  private readonly charts: Charts;
  private readonly sources: UnitSources;
  private readonly repository: Repository;
  private readonly deployers: ReturnType<typeof rawDeployers>;
  private readonly number: Numbers;
  private readonly tree: Numbers;

  constructor(
    repository: Repository,
    deployers: ReturnType<typeof rawDeployers>,
    { number, tree }: { readonly number: Numbers; readonly tree: Numbers },
  ) {
    this.repository = repository;
    this.deployers = deployers;
    this.number = number;
    this.tree = tree;
    this.files = new NamedFiles(repository, number);
    this.charts = new Charts(repository, deployers, number);
    this.sources = new UnitSources(repository, number, this);
  }

  /** Whether a unit is made from the file at a place. */
  isCovered(place: string): boolean {
    return this.covered.has(place);
  }

  /** A unit that nothing applies, and what its deployment objects apply. */
  add(beginning: Beginning, sources: readonly ManifestSource[]): void {
    if (sources.length === 0) return;
    this.push({ ...this.ofNobody(beginning), ...this.sources.ofNobody(sources) });
  }

  /** The same of a source whose objects are known. */
  addParsed(beginning: Beginning, source: ObjectSource): void {
    this.push({ ...this.ofNobody(beginning), sources: [source] });
  }

  /** What is no object and says something of others. */
  addBeside(how: string, raw: readonly ObjectSource[]): void {
    if (raw.length > 0) this.units.push({ ...this.ofNobody({ folder: '', how }), raw });
  }

  /** What a deployment object applies that no unit has; `file`: where it stands, from the root. */
  followAlone(object: PlacedObject, file: string): void {
    this.follow(object, this.ofNobody({ folder: file, how: 'deployer', file }));
  }

  /** A unit that nothing applies, without what is in it. */
  private ofNobody({ folder, how, file }: Beginning): Unit {
    const empty = { sources: [], raw: [], tree: this.tree(), cluster: '' };
    const id = `${how} ${folder}`;
    return { id, folder, ...empty, ...(file !== undefined && { home: { id, file } }) };
  }

  private push(given: Unit): void {
    const { by, sync } = given;
    const from = { ...(by && { by }), ...(sync !== undefined && { sync }) };
    const own = given.sources.map(source => this.withFiles(source));
    for (const { objects, places = [] } of own) {
      for (const place of places) this.covered.add(place);
      this.known.add(objects);
    }
    const begun = own.map(source => this.charts.begin(source, this.known.find));
    const charted = begun.map(finish => finish());
    const unit = { ...given, sources: charted.map(({ source }) => ({ ...source, ...from })) };
    this.units.push(unit);
    for (const { charts } of charted)
      for (const { by: object, local, sources } of charts)
        this.push({ ...this.unitOf(object, local, unit), sources, raw: [] });
    const objects = [...unit.sources, ...unit.raw].flatMap(source => source.objects);
    const late = new Set(objects.filter(object => this.known.isWaiting(object)));
    const inOrder = [...objects.filter(object => !late.has(object)), ...late];
    for (const object of inOrder) this.begin(object, unit);
    for (const object of inOrder) this.follow(object, unit);
  }

  /** A source whose objects have the files that they name. */
  private withFiles(source: ObjectSource): ObjectSource {
    const [place = ''] = source.places ?? [];
    const objects = source.objects.map(object => this.files.given(object, dirname(place)));
    return { ...source, objects };
  }

  /** Has the builds begin of what an object has applied, before the first of its neighbours is followed. */
  private begin(object: PlacedObject, unit: Unit): void {
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, unit);
      const folder = this.deployers.folderOf(applied);
      if (folder === undefined || this.begun.has(key) || this.begun.size > MOST_UNITS) continue;
      this.begun.set(key, this.sources.begin(folder, applied));
    }
  }

  /** What an object has applied. */
  private follow(object: PlacedObject, above: Unit): void {
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, above);
      if (this.applied.has(key) || this.units.length > MOST_UNITS) continue;
      if (object.rendered?.has(renderedKey(applied)) === true) continue;
      this.applied.add(key);
      const folder = this.deployers.folderOf(applied);
      const unit = this.unitOf(object, applied, above);
      if (folder === undefined) {
        const absent = absentFolder(object, applied, this.repository, this.number());
        this.push({ ...unit, sources: [absent], raw: [] });
        continue;
      }
      const begun = this.begun.has(key) ? this.begun.get(key) : this.sources.begin(folder, applied);
      this.push({ ...unit, ...this.sources.of(folder, applied, object, begun) });
    }
  }

  /** A unit that an object has applied, without what is in it. */
  private unitOf(
    object: PlacedObject,
    applied: ChartPlace,
    above: Unit,
  ): Omit<Unit, 'sources' | 'raw'> {
    const { tree, cluster, home } = above;
    const { path, name = object.name, cluster: own = cluster } = applied;
    const found = this.deployers.folderOf(applied);
    const folder = found === undefined ? path : relative(this.repository.root, found);
    const id = [above.id, object.kind, object.namespace, name, path].join(' ');
    const by = { by: object, as: name, sync: syncId(object, name) };
    return { id, folder, ...by, tree, cluster: own, ...(home && { home }) };
  }
}

/** What tells apart what is applied. */
function keyOf(
  { at: _, name: __, open: ___, ...rest }: AppliedFolder,
  { tree, cluster }: Unit,
): string {
  return JSON.stringify([tree, rest.cluster ?? cluster, rest]);
}

type Sources = Pick<Unit, 'sources' | 'raw'>;

/** What all units of a repository have in common. */
interface Shared {
  readonly known: KnownObjects;
  readonly files: NamedFiles;
}

/** Reads the sources of units: as they are written, or as their deployer changes them. */
class UnitSources {
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
  begin(folder: string, applied: AppliedFolder): Begun | undefined {
    const { host } = this.repository;
    if (host.exists(join(folder, 'Chart.yaml'))) return undefined;
    return sourcesOfFolder(folder, applied, this.repository);
  }

  /** What a deployment object has applied of a folder, of which something has begun. */
  of(folder: string, applied: AppliedFolder, by: PlacedObject, begun: Begun | undefined): Sources {
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
type Placing = Pick<AppliedFolder, 'namespace' | 'isForced' | 'metadata'>;

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

/** Files with values that objects of a repository name, each read once. */
class NamedFiles {
  /** What was read, for those who show its lines. */
  readonly sources: ObjectSource[] = [];
  private readonly known = new Map<string, PlacedObject | undefined>();
  private readonly repository: Repository;
  private readonly number: Numbers;

  constructor(repository: Repository, number: Numbers) {
    this.repository = repository;
    this.number = number;
  }

  /** An object with the files that it names, and with its repository where it needs that; `home`: the folder of its own file. */
  given(bare: PlacedObject, home: string): PlacedObject {
    const object = withTree(bare, this.repository.tree);
    const names = object.known?.applies?.valueFiles?.(object) ?? [];
    if (names.length === 0) return object;
    const found = names.flatMap(name => {
      const file = this.object(join(name.startsWith('/') ? this.repository.root : home, name));
      return file === undefined ? [] : [[name, file] as const];
    });
    return { ...object, files: new Map(found) };
  }

  /** A kustomization that has charts made, as a source of its own. */
  charted({ file, place, text, rendered }: ChartedFile): ObjectSource[] {
    const [document] = parseStream(text).value ?? [];
    if (!isMap(document)) return [];
    const number = this.number();
    const object = { ...document, apiVersion: `${group}/v1beta1`, kind } as unknown as KubeObject;
    const own = {
      ...placedObject(object, number, [0], this.repository.namespace),
      name: relative(this.repository.root, dirname(place)) || '.',
      rendered: new Set(rendered),
    };
    const objects = [this.given(own, dirname(place))];
    const source = { name: file, file, isBuilt: false, text, findings: [], places: [place] };
    return [{ ...source, number, objects, strangers: 0, isNoObject: true }];
  }

  private object(path: string): PlacedObject | undefined {
    const { root, host, shown } = this.repository;
    const place = host.realPath(path);
    if (place === undefined || !isBelow(root, place)) return undefined;
    if (this.known.has(place)) return this.known.get(place);
    const text = textAtPlace(place, this.repository);
    const { faults } = parseStream(text);
    const number = this.number();
    const name = shown(place);
    const findings = locate(faults, { file: name, text, isStream: true });
    const object = valuesObject(text, name, number);
    this.known.set(place, object);
    const source = { name, file: name, isBuilt: false, text, findings, places: [place] };
    this.sources.push({ ...source, number, objects: [], strangers: 0 });
    return object;
  }
}

const { group, kind } = kustomizationFile;

/** What a deployment object applies, and is not here. */
function absentFolder(
  object: PlacedObject,
  applied: AppliedFolder,
  repository: Repository,
  number: number,
): ObjectSource {
  const { path, at } = applied;
  const where = whyAbsent(applied);
  const what = `the ${displayKind(object)} "${object.name}" (${where})`;
  const near = nearFolder(path, repository);
  const lost: LostFolder | undefined = near === undefined ? undefined : { path, at, near };
  return {
    ...nothing(`${object.kind} ${object.name}`, { what, isFolder: true }, applied, number),
    ...(lost !== undefined && { lost: { ...lost, object } }),
  };
}

function whyAbsent({ path, url = '', open = [] }: AppliedFolder): string {
  if (isUnresolved(path + url) && open.length > 0)
    return `it is not known what its generators give: ${open.join(', ')}`;
  return isRoot(path) ? 'its source is another repository' : `its folder "${path}" is not here`;
}

/** A chart of the repository, of which only its values are looked at. */
function unmadeChart(
  name: string,
  applied: Pick<AppliedFolder, 'namespace'>,
  number: number,
): ObjectSource {
  return nothing(name, { what: `the Helm chart "${name}"` }, applied, number);
}

function nothing(
  name: string,
  what: Unknown,
  { namespace }: Pick<AppliedFolder, 'namespace'>,
  number: number,
): ObjectSource {
  const isKnown = namespace !== undefined && !isUnresolved(namespace);
  const unknown: Unknown = { ...what, ...(isKnown && { namespace }) };
  const source = { name, file: '', isBuilt: false, findings: [], unknowns: [unknown], places: [] };
  return { ...source, number, objects: [], strangers: 0 };
}

/** A folder that is there and differs in one name, by a letter or two. */
function nearFolder(path: string, { survey }: Repository): string | undefined {
  const steps = path.split('/').filter(step => step !== '' && step !== '.');
  const folders = new Set(survey.listing.files.map(folderOf));
  return [...folders].find(folder => {
    const own = folder.split('/');
    const others = own.filter((step, index) => step !== steps[index]);
    if (own.length !== steps.length || others.length !== 1) return false;
    const [other = ''] = others;
    const step = steps[own.indexOf(other)] ?? '';
    return step.length > 3 && distance(step, other) < 3;
  });
}

/** The endings of files that another program makes manifests of: Go's, Helm's and Jinja's. */
const TEMPLATE = /\.(tpl|tmpl|gotmpl|j2|jinja2?)$/;

/**
 * The template files of a repository that look like manifests: what one names, it may make. They are
 * not read as objects, as nobody knows what is filled in.
 */
export function templateSources(repository: Repository, number: Numbers): ObjectSource[] {
  const { root, survey, shown, host } = repository;
  return survey.listing.files
    .filter(file => TEMPLATE.test(file))
    .flatMap(file => {
      const name = shown(join(root, file));
      const { text = '' } = readFound(name, host);
      const unknown = namedIn(`the template "${name}"`, text);
      if (unknown === undefined) return [];
      const unknowns = [unknown];
      const source = { name, file: name, isBuilt: false, findings: [], places: [], unknowns };
      return [{ ...source, number: number(), objects: [], strangers: 0 }];
    });
}
