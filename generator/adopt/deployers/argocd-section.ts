import { isSame, type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { argoApplication } from '../../kinds/argocd/application.ts';
import { applicationSet } from '../../kinds/argocd/application-set.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { operatorsOf } from '../../make/model/operators.ts';
import { APPLICATIONS } from '../../make/objects/argocd/applications.ts';
import { given, unless } from '../forms/given.ts';
import { before } from './tree.ts';

/** What applies overlays, and where each of their environments runs. */
interface ArgocdTree {
  /** What is in `argocd/` and below. */
  readonly objects: readonly PlacedObject[];
  readonly parameters: ReadonlyMap<string, JsonObject>;
  /** The names of the environments. */
  readonly environments: readonly string[];
  /** The clusters that are known. */
  readonly clusterOf: ReadonlyMap<string, string>;
}

/** The spec's `argocd` section that would make these objects; undefined: none would. */
export function argocdSection(tree: ArgocdTree): JsonObject | undefined {
  const root = tree.objects.find(object => pathTo(APPLICATIONS, object) !== undefined);
  const source = mapAt(root && specOf(root), 'source');
  const repository = textAt(source, 'repoURL');
  if (root === undefined || repository === undefined) return undefined;
  const places = placesOf(tree);
  const clusters = tree.environments.flatMap((name): [string, Json][] => {
    const place = places.get(name);
    return place === undefined ? [] : [[tree.clusterOf.get(name) ?? (name || root.name), place]];
  });
  return {
    repository,
    ...given({
      revision: unless(textAt(source, 'targetRevision'), 'HEAD'),
      path: unless(pathTo(APPLICATIONS, root), ''),
      project: unless(textAt(specOf(root), 'project')?.replace(/-root$/, ''), root.name),
      namespace: unless(root.namespace, 'argocd'),
    }),
    clusters: Object.fromEntries(clusters),
    ...given({
      operators: Object.fromEntries(operatorsIn(tree.objects)),
      applicationSets: applicationSets(tree),
    }),
  };
}

/** Environments that run in one place are in one cluster, which is called like an operator there says. */
export function argocdMembers(tree: ArgocdTree): [environment: string, cluster: string][] {
  const places = placesOf(tree);
  const called = clusterNames(tree.objects);
  const groups = new Map<string, string[]>();
  for (const name of tree.environments) {
    const place = places.get(name);
    if (place !== undefined) groups.set(place, [...(groups.get(place) ?? []), name]);
  }
  return [...groups].flatMap(([place, names]) => {
    const known = names.map(name => tree.clusterOf.get(name)).find(one => one !== undefined);
    const [first = '', ...others] = names;
    const own = others.length === 0 ? first : 'shared';
    const cluster = known ?? called.get(place) ?? own;
    return names.map((name): [string, string] => [name, cluster]);
  });
}

/** The Application of an overlay says where it is applied, or what its ApplicationSet is told of it. */
function placesOf({ objects, parameters, environments }: ArgocdTree): Map<string, string> {
  const places = environments.flatMap((name): [string, string][] => {
    const folder = name === '' ? 'base' : `overlays/${name}`;
    const own = objects.find(object => pathTo(folder, object) !== undefined);
    const place = placeIn(
      own ? mapAt(specOf(own), 'destination') : mapAt(parameters.get(name), 'cluster'),
    );
    return place === undefined ? [] : [[name, place]];
  });
  return new Map(places);
}

function placeIn(destination: JsonObject): string | undefined {
  return textAt(destination, 'name') || textAt(destination, 'server') || undefined;
}

/** The cluster at each place, by the names of the operators' Applications: `SPEC-CLUSTER-CHART`. */
function clusterNames(objects: readonly PlacedObject[]): Map<string, string> {
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

function pathTo(folder: string, object: PlacedObject): string | undefined {
  if (object.known !== argoApplication) return undefined;
  return before(folder, textAt(specOf(object), 'source', 'path') ?? '');
}

/** The operators by their charts, each with what is not usual. */
function operatorsIn(objects: readonly PlacedObject[]): [name: string, operator: JsonObject][] {
  return objects.flatMap((object): [string, JsonObject][] => {
    const source = mapAt(specOf(object), 'source');
    const chart = textAt(source, 'chart');
    const [usual] =
      chart === undefined ? [] : operatorsOf({ ...NOWHERE, operators: { [chart]: {} } });
    if (usual === undefined) return [];
    const values = mapAt(source, 'helm', 'valuesObject');
    const own = {
      version: unless(textAt(source, 'targetRevision'), usual.version),
      namespace: unless(textAt(specOf(object), 'destination', 'namespace'), usual.namespace),
      values: isSame(values, usual.values) ? undefined : values,
    };
    return [[usual.name, given(own)]];
  });
}

const NOWHERE = { repository: '', clusters: {} };

function applicationSets({ objects, parameters }: ArgocdTree): Json | undefined {
  const set = objects.find(({ known }) => known === applicationSet);
  if (set === undefined) return undefined;
  const allowed = objects.flatMap(object => listAt(specOf(object), 'destinations'));
  const own = setsOf(specOf(set), allowed, parameters);
  return Object.keys(own).length === 0 ? true : own;
}

/** What the spec says of an ApplicationSet: its steps, and the patterns of namespaces that its project allows. */
function setsOf(
  spec: JsonObject,
  allowed: readonly Json[],
  parameters: ReadonlyMap<string, JsonObject>,
): JsonObject {
  const patterns = allowed.flatMap(one => textAt(one, 'namespace') ?? []);
  const steps = listAt(spec, 'strategy', 'rollingSync', 'steps');
  return given({
    namespaces: [...new Set(patterns)].filter(pattern => pattern.includes('*')),
    steps: steps.map((step, index) => stepOf(step, parameters, index === steps.length - 1)),
  });
}

/** A step by its label, with the environments that are told to be in it; the last has all others. */
function stepOf(
  step: Json,
  parameters: ReadonlyMap<string, JsonObject>,
  isLast: boolean,
): JsonObject {
  const [expression = null] = listAt(step, 'matchExpressions');
  const [name = null] = listAt(expression, 'values');
  const members = [...parameters].filter(([, told]) => told['step'] === name).map(([one]) => one);
  const { maxUpdate } = mapAt(step);
  return given({ name, environments: isLast ? [] : members, maxUpdate });
}
