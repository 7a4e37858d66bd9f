import {
  type Product,
  products,
  type Release,
  releaseOf,
  type Versions,
} from '../kinds/products.ts';
import { validatorsOf } from '../kinds/version-schemas.ts';
import type { SecretGraph } from './secret-graph.ts';
import { installedVersions } from './served-here.ts';

/** A graph in which objects are held by the versions that run: those that are told, else those installed. */
export function inVersions(graph: SecretGraph, told: Versions): SecretGraph {
  const versions = { ...installedHere(graph), ...told };
  return { ...graph, versions, validators: validatorsOf(versions, graph.validators) };
}

/** The versions that charts and images of the graph install, where they are known and all the same. */
function installedHere(graph: SecretGraph): Versions {
  const found = products.flatMap((product): [string, Release][] => {
    const release = installedRelease(graph, product);
    return release === undefined ? [] : [[product.name, release]];
  });
  return Object.fromEntries(found);
}

function installedRelease(graph: SecretGraph, product: Product): Release | undefined {
  if (product.operator === undefined) return undefined;
  const installed = installedVersions(graph, product.operator, product.charts);
  const [first, ...others] = installed.map(version =>
    version === undefined ? undefined : releaseOf(product, version.join('.')),
  );
  return others.every(other => other?.name === first?.name) ? first : undefined;
}
