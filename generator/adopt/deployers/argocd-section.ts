import { type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { isSame } from '../../ground/same.ts';
import { argoApplication } from '../../kinds/argocd/application.ts';
import { applicationSet } from '../../kinds/argocd/application-set.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import { operatorsOf } from '../../make/model/operators.ts';
import { APPLICATIONS } from '../../make/objects/argocd/applications.ts';
import { given, unless } from '../forms/given.ts';
import { setsOf } from './application-sets.ts';
import { before } from './tree.ts';

/** What applies overlays, and where each of their environments runs. */
export interface ArgocdTree {
  /** What is in `argocd/` and below. */
  readonly items: readonly Item[];
  readonly parameters: ReadonlyMap<string, JsonObject>;
  /** The names of the environments. */
  readonly environments: readonly string[];
  /** The clusters that are known. */
  readonly clusterOf: ReadonlyMap<string, string>;
}

/** The spec's `argocd` section that would make these objects; undefined: none would. */
export function argocdSection(tree: ArgocdTree): JsonObject | undefined {
  const root = tree.items.find(item => pathTo(APPLICATIONS, item) !== undefined);
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
      operators: Object.fromEntries(operatorsIn(tree.items)),
      applicationSets: applicationSets(tree),
    }),
  };
}

/** Environments that run in one place are in one cluster, which is called like an operator there says. */
export function argocdMembers(tree: ArgocdTree): [environment: string, cluster: string][] {
  const places = placesOf(tree);
  const called = clusterNames(tree.items);
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
function placesOf({ items, parameters, environments }: ArgocdTree): Map<string, string> {
  const places = environments.flatMap((name): [string, string][] => {
    const folder = name === '' ? 'base' : `overlays/${name}`;
    const own = items.find(item => pathTo(folder, item) !== undefined);
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
function clusterNames(items: readonly Item[]): Map<string, string> {
  const root = items.find(item => pathTo(APPLICATIONS, item) !== undefined)?.name ?? '';
  const names = items.flatMap((item): [string, string][] => {
    const chart = textAt(specOf(item), 'source', 'chart');
    const place = placeIn(mapAt(specOf(item), 'destination'));
    const isNamed = item.name.startsWith(`${root}-`) && item.name.endsWith(`-${chart}`);
    if (chart === undefined || place === undefined || !isNamed) return [];
    return [[place, item.name.slice(root.length + 1, -chart.length - 1)]];
  });
  return new Map(names);
}

function pathTo(folder: string, item: Item): string | undefined {
  if (item.known !== argoApplication) return undefined;
  return before(folder, textAt(specOf(item), 'source', 'path') ?? '');
}

/** The operators by their charts, each with what is not usual. */
function operatorsIn(items: readonly Item[]): [name: string, operator: JsonObject][] {
  return items.flatMap((item): [string, JsonObject][] => {
    const source = mapAt(specOf(item), 'source');
    const chart = textAt(source, 'chart');
    const [usual] =
      chart === undefined ? [] : operatorsOf({ ...NOWHERE, operators: { [chart]: {} } });
    if (usual === undefined) return [];
    const values = mapAt(source, 'helm', 'valuesObject');
    const own = {
      version: unless(textAt(source, 'targetRevision'), usual.version),
      namespace: unless(textAt(specOf(item), 'destination', 'namespace'), usual.namespace),
      values: isSame(values, usual.values) ? undefined : values,
    };
    return [[usual.name, given(own)]];
  });
}

const NOWHERE = { repository: '', clusters: {} };

function applicationSets({ items, parameters }: ArgocdTree): Json | undefined {
  const set = items.find(({ known }) => known === applicationSet);
  if (set === undefined) return undefined;
  const allowed = items.flatMap(item => listAt(specOf(item), 'destinations'));
  const own = setsOf(specOf(set), allowed, parameters);
  return Object.keys(own).length === 0 ? true : own;
}
