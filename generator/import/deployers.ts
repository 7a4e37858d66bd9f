import { basename, dirname, join } from 'node:path';
import { iamFiles } from '#iam-files';
import { andThen } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { fieldsWhere, groupBy, isMap, isSame, listAt, mapAt, textAt } from '../core/json.ts';
import { optional } from '../core/kube-object.ts';
import { iamFileNames } from '../iam/formats/formats.ts';
import { argoApplication } from '../kinds/argocd/application.ts';
import { applicationSet } from '../kinds/argocd/application-set.ts';
import { fluxKustomization } from '../kinds/flux/kustomization.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { isGenerated } from '../shell/print.ts';
import { operatorsOf } from '../spec/model/operators.ts';
import { APPLICATIONS, PARAMETERS } from '../spec/objects/application-set.ts';
import { fluxFolder } from '../spec/objects/flux.ts';
import { expand } from '../spec/pipeline.ts';
import { ARGOCD_FOLDERS, GENERATED, GENERATED_JSON } from '../spec/tree.ts';
import { isNamedFile } from '../world/inside.ts';
import { readManifests } from '../world/read-manifests.ts';
import { parseSource } from '../world/source.ts';
import { parseStream } from '../yaml/parse.ts';
import { type DeployerSections, parseFiles, type SpecFiles } from './draft.ts';
import { unless, withoutEmpty } from './forms/form.ts';
import type { Original, ReadEnvironment } from './originals.ts';

/** The folders beside overlays with what applies them, as `expand` lays out a tree. */
export interface DeployerTree {
  /** The folder of the tree; empty if there is none. */
  readonly place: string;
  /** The objects by folder: `argocd`, `flux/prod`. */
  readonly folders: ReadonlyMap<string, readonly PlacedObject[]>;
  /** The parameters of each environment for an ApplicationSet (`overlays/ENV/argocd.yaml`). */
  readonly parameters: ReadonlyMap<string, JsonObject>;
  /** The section that would make the files of `iam/`. */
  readonly iam?: JsonObject | undefined;
}

export const nothingApplied: DeployerTree = {
  place: '',
  folders: new Map(),
  parameters: new Map(),
};

/** Reads the folders beside imported overlays that `expand` made. */
export async function deployerTree(
  read: readonly ReadEnvironment[],
  host: Host,
): Promise<DeployerTree> {
  const top = treeOf(read);
  if (top === undefined) return nothingApplied;
  const flux = (host.entriesIn(join(top, 'flux')) ?? []).map(({ name }) => `flux/${name}`);
  const folders = [...ARGOCD_FOLDERS, ...flux].filter(folder =>
    isGenerated(join(top, folder), host),
  );
  const whole = new Map<string, PlacedObject[]>();
  for (const [number, folder] of folders.entries()) {
    const name = folder.startsWith('argocd') ? 'argocd' : folder;
    const sources = await readManifests(join(top, folder), host);
    const objects = sources.flatMap(source => [...parseSource(source, number, '').objects]);
    whole.set(name, [...(whole.get(name) ?? []), ...objects]);
  }
  const parameters = parametersIn(read, host);
  return { place: top, folders: whole, parameters, iam: iamBeside(top, host) };
}

/** The folder that has all environments below `overlays/`, or the only one as `base/`. */
function treeOf(read: readonly ReadEnvironment[]): string | undefined {
  const tops = read.map(environment => {
    const folder = folderOf(environment);
    if (folder === undefined) return undefined;
    if (read.length === 1 && basename(folder) === 'base') return dirname(folder);
    return basename(dirname(folder)) === 'overlays' ? dirname(dirname(folder)) : undefined;
  });
  const [top, ...others] = new Set(tops);
  return others.length === 0 ? top : undefined;
}

function folderOf({ sources }: ReadEnvironment): string | undefined {
  const [only, ...others] = sources;
  return only?.isBuilt === true && others.length === 0 ? only.name : undefined;
}

function iamBeside(place: string, host: Host): JsonObject | undefined {
  const texts = [...generatedFiles(place, host)];
  const formats = Object.entries(iamFileNames).flatMap(([format, file]) =>
    texts.some(([path]) => path.endsWith(`/${file}`)) ? [format] : [],
  );
  if (formats.length === 0) return undefined;
  const accounts = texts.flatMap(([, text]) => [...text.matchAll(/\barn:aws:iam::(\d{12}):/g)]);
  const [account, ...others] = new Set(accounts.map(([, number = '']) => number));
  return {
    ...(formats.join() !== 'terraform' && { formats }),
    ...(account !== undefined && others.length === 0 && { account }),
  };
}

/** How deep the files of `iam/` are: a folder for each External Secrets. */
const DEEPEST = 2;

/** The files of `iam/` that `expand` made. Links are not followed: it makes none, and they may lead anywhere. */
function generatedFiles(place: string, host: Host): Map<string, string> {
  const folder = join(place, 'iam');
  const isRead = host.kindOf(folder) === 'folder' && host.linkText(folder) === undefined;
  const names = isRead ? host.listFiles(folder) : [];
  const read = names
    .filter(name => name.split('/').length <= DEEPEST && isNamedFile(join(folder, name), host))
    .map((name): [string, string] => [`iam/${name}`, textOf(join(folder, name), host)]);
  return new Map(
    read.filter(([, text]) => text.startsWith(GENERATED) || text.startsWith(GENERATED_JSON)),
  );
}

function parametersIn(read: readonly ReadEnvironment[], host: Host): Map<string, JsonObject> {
  const found = read.flatMap((environment): [string, JsonObject][] => {
    const file = join(folderOf(environment) ?? '', PARAMETERS);
    if (!isNamedFile(file, host)) return [];
    const [parameters] = parseStream(textOf(file, host)).value ?? [];
    return isMap(parameters) ? [[environment.name, parameters]] : [];
  });
  return new Map(found);
}

/** Whether a spec makes exactly the files that are in `iam/`. */
export function makesIam(written: SpecFiles, place: string, host: Host): boolean {
  const made = andThen(parseFiles(written), spec =>
    andThen(expand(spec, host.validators), expansion => iamFiles(spec, expansion, new Map())),
  );
  const there = generatedFiles(place, host);
  const { value = [] } = made;
  return value.length === there.size && value.every(([path, text]) => there.get(path) === text);
}

/** The sections of the spec that would make a tree of deployers, and the clusters that the tree shows. */
export interface Deployment {
  readonly sections: DeployerSections;
  /** The cluster of each environment that shares one, or has another name than its cluster. */
  readonly clusterOf: ByEnvironment;
}

type Objects = readonly PlacedObject[];
type Parameters = DeployerTree['parameters'];
type ByEnvironment = ReadonlyMap<string, string>;
type FluxFolder = { readonly cluster: string; readonly objects: Objects };

const FLUX = 'flux/';

export function deploymentOf(
  { folders, parameters, iam }: DeployerTree,
  all: readonly Original[],
  shared: ByEnvironment,
): Deployment {
  const names = all.map(({ name }) => name);
  const flux = [...folders].flatMap(([folder, objects]): FluxFolder[] =>
    folder.startsWith(FLUX) ? [{ cluster: folder.slice(FLUX.length), objects }] : [],
  );
  const objects = folders.get('argocd') ?? [];
  const places = placesOf(objects, parameters, names);
  const applied = flux.flatMap(({ cluster, objects: all }) => {
    const isApplied = (name: string): boolean =>
      all.some(object => pathTo(`overlays/${name}`, object) !== undefined);
    return names.filter(isApplied).map((name): [string, string] => [name, cluster]);
  });
  const ofFlux = new Map([...shared, ...applied]);
  const clusterOf = new Map([...argocdMembers(objects, places, ofFlux), ...ofFlux]);
  const argocd = argocdSection(objects, places, clusterOf);
  const sets = optional('applicationSets', applicationSetsIn(objects, parameters));
  const sections = { iam, flux: fluxSection(flux), argocd: argocd && { ...argocd, ...sets } };
  return {
    sections: fieldsWhere<unknown>(sections, (_, section) => section !== undefined),
    clusterOf: new Map([...clusterOf].filter(([name, cluster]) => name !== cluster)),
  };
}

function isKustomization({ knownKind }: PlacedObject): boolean {
  return knownKind === fluxKustomization;
}

/** The path of our tree in the repository, if this Kustomization or Application applies `folder` of it. */
function pathTo(folder: string, object: PlacedObject): string | undefined {
  if (!isKustomization(object) && object.knownKind !== argoApplication) return undefined;
  const source = isKustomization(object) ? specOf(object) : mapAt(specOf(object), 'source');
  const plain = textAt(source, 'path')?.replace(/^\.\//, '');
  if (plain === folder) return '';
  return plain?.endsWith(`/${folder}`) === true ? plain.slice(0, -folder.length - 1) : undefined;
}

/** Environments with the same destination share a cluster, whose name is in those of its operators' Applications. */
function argocdMembers(objects: Objects, places: ByEnvironment, applied: ByEnvironment) {
  const clusterAt = clusterNames(objects);
  const groups = groupBy([...places], ([, place]) => place);
  return [...groups].flatMap(([place, members]) => {
    const names = members.map(([name]) => name);
    const [ofMember] = names.flatMap(name => applied.get(name) ?? []);
    const usual = names.length === 1 ? (names[0] ?? '') : 'shared';
    const cluster = ofMember ?? clusterAt.get(place) ?? usual;
    return names.map((name): [string, string] => [name, cluster]);
  });
}

/** The destination of each environment, from its Application or from its parameters for the ApplicationSet. */
function placesOf(objects: Objects, parameters: Parameters, names: readonly string[]) {
  const places = names.flatMap((name): [string, string][] => {
    const folder = name === '' ? 'base' : `overlays/${name}`;
    const app = objects.find(object => pathTo(folder, object) !== undefined);
    const [from, field] = app ? [specOf(app), 'destination'] : [parameters.get(name), 'cluster'];
    const place = placeIn(mapAt(from, field));
    return place === undefined ? [] : [[name, place]];
  });
  return new Map(places);
}

function placeIn(destination: JsonObject): string | undefined {
  return textAt(destination, 'name') || textAt(destination, 'server') || undefined;
}

/** The cluster at each destination, from the names of operators' Applications: `SPEC-CLUSTER-CHART`. */
function clusterNames(objects: Objects): Map<string, string> {
  const root = objects.find(object => pathTo(APPLICATIONS, object) !== undefined)?.name ?? '';
  const names = objects.flatMap((object): [string, string][] => {
    const chart = textAt(specOf(object), 'source', 'chart');
    const place = placeIn(mapAt(specOf(object), 'destination'));
    const isNamed = object.name.startsWith(`${root}-`) && object.name.endsWith(`-${chart}`);
    if (chart === undefined || place === undefined || !isNamed) return [];
    return [[place, object.name.slice(root.length + 1, -chart.length - 1)]];
  });
  return new Map(names);
}

function fluxSection(folders: readonly FluxFolder[]): JsonObject | undefined {
  const [first] = folders;
  const folder = fluxFolder(first?.cluster ?? '');
  const root = first?.objects.find(object => pathTo(folder, object) !== undefined);
  if (first === undefined || root === undefined) return undefined;
  const spec = specOf(root);
  const kustomizations = folders.flatMap(({ objects }) => objects.filter(isKustomization));
  const paths = kustomizations.map(object => `${object.file} ${textAt(specOf(object), 'path')}`);
  return withoutEmpty({
    ...sourceOf(root, first.objects),
    path: unless(pathTo(folder, root), ''),
    namespace: unless(root.namespace, BOOTSTRAPPED),
    interval: unless(textAt(spec, 'interval'), '10m'),
    timeout: unless(textAt(spec, 'timeout'), '10m'),
    serviceAccount: textAt(spec, 'serviceAccountName'),
    dependsOn: otherDependencies(kustomizations),
    // Two Kustomizations apply one overlay: secrets first, then the rest.
    secretsFirst: new Set(paths).size < paths.length ? true : undefined,
  });
}

const BOOTSTRAPPED = 'flux-system';

/** A GitRepository in the folder, or a reference to a source that is not the one of `flux bootstrap`. */
function sourceOf(root: PlacedObject, objects: readonly PlacedObject[]): JsonObject {
  const ref = mapAt(specOf(root), 'sourceRef');
  const made = objects.find(object => !isKustomization(object) && object.name === ref['name']);
  if (made !== undefined) {
    const spec = specOf(made);
    return withoutEmpty({
      repository: textAt(spec, 'url'),
      branch: unless(textAt(spec, 'ref', 'branch'), 'main'),
      secret: textAt(spec, 'secretRef', 'name'),
    });
  }
  const { kind, name, namespace = root.namespace } = ref;
  const isBootstrapped =
    kind === 'GitRepository' && [name, namespace].every(value => value === BOOTSTRAPPED);
  if (isBootstrapped) return {};
  const { kind: _, ...others } = ref;
  return { source: { ...withoutEmpty({ kind: unless(kind, 'GitRepository') }), ...others } };
}

/** The Kustomizations of other trees that these wait for. */
function otherDependencies(kustomizations: readonly PlacedObject[]): string[] {
  const names = new Set(kustomizations.map(({ name }) => name));
  const all = kustomizations.flatMap(object =>
    listAt(specOf(object), 'dependsOn').flatMap(dependency =>
      isMap(dependency) ? (textAt(dependency, 'name') ?? []) : [],
    ),
  );
  return [...new Set(all)].filter(name => !names.has(name));
}

function argocdSection(objects: Objects, places: ByEnvironment, clusterOf: ByEnvironment) {
  const root = objects.find(object => pathTo(APPLICATIONS, object) !== undefined);
  const source = mapAt(root && specOf(root), 'source');
  const repository = textAt(source, 'repoURL');
  if (root === undefined || repository === undefined) return undefined;
  const clusters = [...places].map(([name, place]) => [
    clusterOf.get(name) ?? (name || root.name),
    place,
  ]);
  const operators = Object.fromEntries(operatorsIn(objects));
  return {
    repository,
    ...withoutEmpty({
      revision: unless(textAt(source, 'targetRevision'), 'HEAD'),
      path: unless(pathTo(APPLICATIONS, root), ''),
      project: unless(textAt(specOf(root), 'project')?.replace(/-root$/, ''), root.name),
      namespace: unless(root.namespace, 'argocd'),
    }),
    clusters: Object.fromEntries(clusters),
    ...withoutEmpty({ operators }),
  };
}

const NOWHERE = { repository: '', clusters: {} };

function operatorsIn(objects: Objects): [name: string, operator: JsonObject][] {
  return objects.flatMap((object): [string, JsonObject][] => {
    const source = mapAt(specOf(object), 'source');
    const chart = textAt(source, 'chart');
    const [usual] =
      chart === undefined ? [] : operatorsOf({ ...NOWHERE, operators: { [chart]: {} } });
    if (usual === undefined) return [];
    const values = mapAt(source, 'helm', 'valuesObject');
    const operator = {
      version: unless(textAt(source, 'targetRevision'), usual.version),
      namespace: unless(textAt(specOf(object), 'destination', 'namespace'), usual.namespace),
      values: isSame(values, usual.values) ? undefined : values,
    };
    return [[usual.name, withoutEmpty(operator)]];
  });
}

function applicationSetsIn(objects: Objects, parameters: Parameters): Json | undefined {
  const set = objects.find(({ knownKind }) => knownKind === applicationSet);
  if (set === undefined) return undefined;
  const allowed = objects.flatMap(object => listAt(specOf(object), 'destinations'));
  const patterns = allowed.flatMap(destination => textAt(destination, 'namespace') ?? []);
  const steps = listAt(specOf(set), 'strategy', 'rollingSync', 'steps');
  const options = withoutEmpty({
    namespaces: [...new Set(patterns)].filter(pattern => pattern.includes('*')),
    steps: steps.map((step, index) => stepOf(step, parameters, index === steps.length - 1)),
  });
  return Object.keys(options).length === 0 ? true : options;
}

/** A step, with the environments whose parameters name it; the last step has all others. */
function stepOf(step: Json, parameters: Parameters, isLast: boolean) {
  const [expression = null] = listAt(step, 'matchExpressions');
  const [name = null] = listAt(expression, 'values');
  const members = [...parameters].flatMap(([member, fields]) =>
    fields['step'] === name ? [member] : [],
  );
  const { maxUpdate } = mapAt(step);
  return withoutEmpty({ name, environments: isLast ? [] : members, maxUpdate });
}
