import type { Report } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import {
  type Product,
  products,
  type Release,
  releaseOf,
  type Versions,
} from '../../kinds/products.ts';
import type { VersionsSpec } from '../spec/spec.ts';

/** The versions that a spec tells. */
export function resolveVersions(said: VersionsSpec, report: Report): Versions {
  const found = products.flatMap((product): [string, Release][] => {
    const version = said[product.name];
    if (version === undefined) return [];
    const release = releaseOf(product, version);
    if (release !== undefined) return [[product.name, release]];
    report({ ...unknownVersion(product, version), path: ['versions', product.name] });
    return [];
  });
  return Object.fromEntries(found);
}

/** A version of which nothing is known, with those that are. */
export function unknownVersion(
  { called, releases }: Product,
  said: string | number,
): { readonly id: string; readonly message: string; readonly hint: string } {
  return {
    id: 'unknown-version',
    message: `version "${said}" of ${called} is not known`,
    hint: knownNames(
      'versions',
      String(said),
      releases.map(({ name }) => name),
    ),
  };
}
