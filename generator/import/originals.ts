import { dirname } from 'node:path';
import type { Host } from '../core/host.ts';
import type { JsonObject } from '../core/json.ts';
import { fieldsWhere, groupBy, isMap, mapAt, sortBy, withFields } from '../core/json.ts';
import {
  asJson,
  cutName,
  identityOf,
  isObserved,
  type KubeObject,
  LAST_APPLIED,
  plainName,
} from '../core/kube-object.ts';
import { withoutHashes } from '../kinds/core/hashed-names.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';
import { coreNamespace } from '../kinds/kubernetes.ts';
import { counted } from '../report/text.ts';
import { wrongUsage } from '../shell/flags.ts';
import { isDeployerFolder } from '../shell/print.ts';
import { builtPath } from '../world/folders.ts';
import { refusalOf } from '../world/inside.ts';
import type { Allowed } from '../world/programs.ts';
import { readManifests } from '../world/read-manifests.ts';
import { type ManifestSource, type ObjectSource, parseSource, readNamed } from '../world/source.ts';

/** The manifests of an environment, as they were read. */
export type Found = { readonly name: string; readonly objects: readonly PlacedObject[] };

/** The objects that one environment has today, and that the spec has to make again. */
export interface Original {
  /** Empty where there is one set of manifests alone. */
  readonly name: string;
  readonly namespace: string;
  /** Without duplicates, sorted by identity. */
  readonly objects: readonly PlacedObject[];
  /** ConfigMaps whose names kustomize ended with a hash; here they, and references to them, are without it. */
  readonly hashed: ReadonlySet<string>;
  readonly find: (kind: string, name: string) => PlacedObject | undefined;
}

/** The objects of an environment in its namespace, without the fields that a cluster adds. */
export function originalOf({ name, objects }: Found, namespace: string): Original {
  const { objects: plain, hashed } = withoutHashes(
    objects.map(object => inNamespace(object, namespace)),
  );
  const byIdentity = new Map<string, PlacedObject>();
  for (const [index, { file, path }] of objects.entries()) {
    const object = plain[index];
    if (object !== undefined)
      byIdentity.set(identityOf(object), placedObject(object, file, path, namespace));
  }
  return withObjects({ name, namespace, objects: [], hashed }, [...byIdentity.values()]);
}

/** The object as it is applied. An object of an unknown kind gets no namespace, as its kind may be of the cluster. */
function inNamespace({ json, knownKind, namespace }: PlacedObject, usual: string): KubeObject {
  const { kind } = json;
  const apiVersion = currentVersion({ json, knownKind });
  const { apiVersion: _, kind: __, status: ___, metadata, ...rest } = asJson(json);
  const { name, namespace: ____, ...fields } = withoutObserved(isMap(metadata) ? metadata : {});
  const place = namespace || (knownKind === undefined ? '' : usual);
  const isOfCluster = knownKind?.isOfCluster === true || place === '';
  const placed = { name, ...(!isOfCluster && { namespace: place }), ...fields };
  return { apiVersion, kind, metadata: placed, ...rest } as unknown as KubeObject;
}

/** The version of an object, or the newer one that has the same fields (`Served.alike`). */
function currentVersion({ json, knownKind }: Pick<PlacedObject, 'json' | 'knownKind'>): string {
  const [group, version = ''] = json.apiVersion.split('/');
  const { alike = [], versions: [newest] = [] } = knownKind?.served ?? {};
  return alike.includes(version) && newest !== undefined ? `${group}/${newest}` : json.apiVersion;
}

/** Says which objects the spec makes in a newer version. */
export function versionAdvice(found: readonly Found[]): string[] {
  const all = found.flatMap(({ objects }) => objects);
  const older = all.filter(object => currentVersion(object) !== object.json.apiVersion);
  const byVersion = groupBy(older, ({ json }) => json.apiVersion);
  return [...byVersion].map(([version, objects]) => {
    const come = objects.length === 1 ? 'comes' : 'come';
    return `${counted(objects.length, 'object')} of ${version} ${come} as ${currentVersion(objects[0])}: the fields are the same, and newer operators serve no other`;
  });
}

function withoutObserved(metadata: JsonObject): JsonObject {
  return withFields(metadata, Object.keys(metadata), (field, value) => {
    if (isObserved(field) || !isMap(value)) return isObserved(field) ? undefined : value;
    // Without marks that are null, and without kubectl's copy of the object.
    const marks = fieldsWhere(value, (name, mark) => name !== LAST_APPLIED && mark !== null);
    return Object.keys(marks).length === 0 ? undefined : marks;
  });
}

export function withObjects(
  { name, namespace, objects, hashed }: Omit<Original, 'find'>,
  added: readonly PlacedObject[],
): Original {
  const sorted = sortBy([...objects, ...added], ({ json }) => identityOf(json));
  const here = sorted.filter(object => object.namespace === namespace || object.namespace === '');
  const byRef = new Map(here.map(object => [`${object.kind}/${object.name}`, object]));
  const find: Original['find'] = (kind, objectName) => byRef.get(`${kind}/${objectName}`);
  return { name, namespace, objects: sorted, hashed, find };
}

/** The namespace that most objects name, or the first of several; one that the manifests make comes before others. */
export function mainNamespace({ objects }: Found): string | undefined {
  const placed = objects.filter(({ namespace }) => namespace !== '');
  const groups = [...groupBy(placed, ({ namespace }) => namespace)];
  const sorted = groups.sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  const namespaces = objects.filter(({ knownKind }) => knownKind === coreNamespace);
  const made = new Set(namespaces.map(({ name }) => name));
  const [most] = sorted.find(([name]) => made.has(name)) ?? sorted[0] ?? [];
  return most;
}

/** The objects that name no namespace although their kind has one. */
export function withoutNamespace({ objects }: Found): PlacedObject[] {
  return objects.filter(
    ({ knownKind, namespace }) =>
      namespace === '' && knownKind !== undefined && knownKind.isOfCluster !== true,
  );
}

/** Whether an object is a Secret with values. A spec never holds these. */
export function hasValues(object: PlacedObject): boolean {
  return object.knownKind === coreSecret && valueKeys(object).length > 0;
}

/** The keys of a Secret; their values are not read. */
export function valueKeys({ json }: PlacedObject): string[] {
  const keys = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(json, field)));
  return [...new Set(keys)].sort();
}

export type ReadEnvironment = Found & { readonly sources: readonly ObjectSource[] };

/** Reads environments: the paths with a name, or else kustomizations that have most of their objects in common; all else is one set. */
export async function readEnvironments(
  args: readonly string[],
  allowed: Allowed,
  host: Host,
): Promise<readonly ReadEnvironment[]> {
  let number = 0;
  const reading = args.map(async arg => {
    const named = namedPath(arg, host);
    return { ...named, found: await sourcesAt(named.path, allowed, host) };
  });
  const all = (await Promise.all(reading)).map(({ found, ...named }) => ({
    ...named,
    sources: found.map(source => parseSource(source, number++, '')),
  }));
  const read = withoutDeployers(all, host);
  const named = read.filter(({ name }) => name !== undefined);
  if (named.length > 0 && named.length < read.length)
    wrongUsage(
      'name all environments or none: rem-secrets import dev=overlays/dev prod=overlays/prod',
    );
  if (named.length > 0) return named.map(({ name = '', sources }) => environment(name, sources));
  const sources = read.flatMap(found => found.sources);
  const built = sources.filter(({ isBuilt }) => isBuilt);
  const alike = alikeIn(built);
  if (alike.length < 2) return [environment('', sources)];
  if (alike.length < built.filter(source => refsOf(source).size > 0).length)
    wrongUsage(
      `these are several things, with environments of their own: import the overlays of each by themselves, such as ${commandFor(alike)}`,
    );
  const names = environmentNames(built);
  // Objects that apply the environments are allowed: the report names them.
  const loose = sources.filter(
    ({ isBuilt, objects }) =>
      !isBuilt && objects.some(({ knownKind }) => knownKind?.applies?.folders === undefined),
  );
  if (loose.length > 0)
    wrongUsage(
      `${loose[0]?.name} belongs to no environment; import the kustomizations alone: ${commandFor(built)}`,
    );
  return built.map((source, index) => environment(names[index] ?? '', [source]));
}

type NamedPath = { readonly name?: string; readonly path: string };

export function namedPath(arg: string, host: Host): NamedPath {
  const [, name, path] = /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)=(.+)$/.exec(arg) ?? [];
  if (name === undefined || path === undefined || host.exists(arg)) return { path: arg };
  return { name, path };
}

async function sourcesAt(path: string, allowed: Allowed, host: Host) {
  if (path !== '-' && host.kindOf(path) === undefined) wrongUsage(`there is no ${path}`);
  return /\.(md|markdown)$/i.test(path) && host.kindOf(path) === 'file'
    ? readMarkdown(path, host)
    : await readManifests(builtPath(path), host, allowed);
}

/** The YAML blocks of a document that hold a manifest, with line breaks in front, so that places in them are places in it. */
function readMarkdown(file: string, host: Host): ManifestSource[] {
  const whole = readNamed(file, host);
  if (refusalOf(file, host) !== undefined || whole.text === undefined) return [whole];
  return yamlBlocks(whole.text)
    .filter(({ text }) => /^[ \t]{0,100}["']?(apiVersion|kind)["']?[ \t]{0,100}:/m.test(text))
    .map(({ text, line }) => ({ ...whole, text: '\n'.repeat(line - 1) + text }));
}

/** The opening of a fenced block: its indentation, its fence, and its language (CommonMark 0.31, 4.5). */
const FENCE = /^( {0,3}|[ \t]+)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

function yamlBlocks(text: string) {
  const blocks: { readonly text: string; readonly line: number }[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', fence = '', language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
    if (fence === '') continue;
    const start = at + 1;
    for (at = start; at < lines.length && !isEnd(lines[at] ?? '', fence); ) at += 1;
    const content = lines
      .slice(start, at)
      .map(line => line.slice(0, indent.length).trimStart() + line.slice(indent.length));
    if (at < lines.length && /^ya?ml$/i.test(language))
      blocks.push({ text: `${content.join('\n')}\n`, line: start + 1 });
  }
  return blocks;
}

/** A closing fence: the same sign, at least as long, with nothing behind it. */
function isEnd(line: string, fence: string): boolean {
  const found = line.trim();
  return found.startsWith(fence) && [...found].every(sign => sign === fence[0]);
}

type Read = NamedPath & { readonly sources: readonly ObjectSource[] };

/** Leaves out folders of deployers beside overlays: `deployerTree` reads them. */
function withoutDeployers(all: readonly Read[], host: Host): readonly Read[] {
  const isApplied = ({ name }: ObjectSource): boolean => !isDeployerFolder(name, host);
  const rest = all.map(found => ({ ...found, sources: found.sources.filter(isApplied) }));
  const left = rest.filter(
    ({ sources }, index) => sources.length > 0 || all[index]?.sources.length === 0,
  );
  return left.length === 0 ? all : left;
}

function environment(name: string, sources: readonly ObjectSource[]): ReadEnvironment {
  return { name, sources, objects: sources.flatMap(({ objects }) => [...objects]) };
}

function commandFor(built: readonly ObjectSource[]): string {
  const names = environmentNames(built);
  const paths = built.map(({ name }, index) => `${names[index]}=${name}`);
  return `rem-secrets import ${paths.sort().join(' ')}`;
}

/** The most kustomizations that are environments of one thing: each has half of its objects, by kind and name, in common with one. */
function alikeIn(built: readonly ObjectSource[]): readonly ObjectSource[] {
  const sets = built.map(source => ({ source, refs: refsOf(source) }));
  const groups = sets.map(({ refs }) => sets.filter(set => isAlike(refs, set.refs)));
  const [most = []] = groups.sort((a, b) => b.length - a.length);
  return most.map(({ source }) => source);
}

function refsOf({ objects }: ObjectSource): ReadonlySet<string> {
  return new Set(
    objects
      .filter(({ knownKind }) => knownKind !== coreNamespace)
      .map(({ group, kind, name }) => `${group}/${kind}/${name}`),
  );
}

function isAlike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const both = [...a].filter(ref => b.has(ref)).length;
  return both > 0 && both * 2 >= Math.min(a.size, b.size);
}

/** The names of the folders, with as many parents as it takes to tell them apart. */
function environmentNames(sources: readonly ObjectSource[]): string[] {
  const folders = sources.map(({ file }) =>
    dirname(file)
      .split('/')
      .filter(part => part !== '.'),
  );
  for (let depth = 1; depth < 6; depth += 1) {
    const names = folders.map(
      folder => cutName(plainName(folder.slice(-depth).join('-')), 63) || 'environment',
    );
    if (new Set(names).size === names.length) return names;
  }
  return folders.map((_, index) => `environment-${index + 1}`);
}
