import { listAt, textAt } from '../ground/json.ts';
import { customResourceDefinition } from '../kinds/apiextensions/custom-resource-definition.ts';
import { chartValues } from '../kinds/helm/chart-values.ts';
import { type PlacedObject, type Served, specOf } from '../kinds/kind.ts';
import {
  type Product,
  type ProductRelease,
  products,
  releaseOf,
  type Versions,
} from '../kinds/products.ts';
import { validatorsOf } from '../kinds/version-schemas.ts';
import type { SecretGraph } from './secret-graph.ts';

/**
 * Whether the clusters of a graph serve an apiVersion that the operator has given up: its
 * definition tells, else the version of the operator that is installed. `unknown`: neither is here.
 */
export function isServedHere(graph: SecretGraph, object: PlacedObject): boolean | 'unknown' {
  const defined = definitionOf(graph, object);
  const { operator } = object.known?.served ?? {};
  if (defined !== undefined) return servesVersion(defined, object);
  if (operator === undefined) return false;
  const installed = installedVersions(graph, operator.name);
  if (installed.length === 0 || installed.includes(undefined)) return 'unknown';
  return installed.every(version => version !== undefined && isBefore(version, operator.version));
}

function definitionOf(graph: SecretGraph, { group, kind }: PlacedObject): PlacedObject | undefined {
  return graph
    .byKind(customResourceDefinition)
    .find(
      object =>
        textAt(specOf(object), 'group') === group &&
        textAt(specOf(object), 'names', 'kind') === kind,
    );
}

function servesVersion(definition: PlacedObject, { json: { apiVersion } }: PlacedObject): boolean {
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  return listAt(specOf(definition), 'versions').some(
    entry => textAt(entry, 'name') === version && !isOff(entry),
  );
}

function isOff(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'served' in entry && entry.served === false;
}

type Version = NonNullable<Served['operator']>['version'];

/**
 * The versions of an operator that charts and images install; undefined: one that is not told.
 * `charts`: the operator's version by that of its chart, where that is another.
 */
function installedVersions(
  graph: SecretGraph,
  name: string,
  charts?: Readonly<Record<string, string>>,
): (Version | undefined)[] {
  const releases = graph
    .byKind(chartValues)
    .filter(({ json }) => textAt(json, 'chart') === name)
    .map(({ json }) => versionIn(textAt(json, 'version')))
    .map(chart => (charts === undefined ? chart : versionIn(charts[chart?.join('.') ?? ''])));
  const images = graph.pods
    .flatMap(({ containers }) => containers)
    .map(({ spec }) => textAt(spec, 'image') ?? '')
    .filter(image => image.split(/[:@]/)[0]?.endsWith(`/${name}`));
  return [...releases, ...images.map(image => versionIn(/:([^/@:]+)(@|$)/.exec(image)?.[1]))];
}

/** `0.16.2`, `v0.16.2`, `0.16.x`, and no range that may mean two. */
function versionIn(text: string | undefined): Version | undefined {
  const [, major, minor] = /^[v~=]{0,2}(\d{1,4})\.(\d{1,4})(?:\.|$)/.exec(text ?? '') ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

function isBefore([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** A graph in which objects are held by the versions that run: those that are told, else those installed. */
export function inVersions(graph: SecretGraph, told: Versions): SecretGraph {
  const versions = { ...installedHere(graph), ...told };
  return { ...graph, versions, validators: validatorsOf(versions, graph.validators) };
}

/** The versions that charts and images of the graph install, where they are known and all the same. */
function installedHere(graph: SecretGraph): Versions {
  const found = products.flatMap((product): [string, ProductRelease][] => {
    const release = installedRelease(graph, product);
    return release === undefined ? [] : [[product.name, release]];
  });
  return Object.fromEntries(found);
}

function installedRelease(graph: SecretGraph, product: Product): ProductRelease | undefined {
  if (product.operator === undefined) return undefined;
  const installed = installedVersions(graph, product.operator, product.charts);
  const [first, ...others] = installed.map(version =>
    version === undefined ? undefined : releaseOf(product, version.join('.')),
  );
  return others.every(other => other?.name === first?.name) ? first : undefined;
}
