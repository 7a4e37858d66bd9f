import type { Fault, Report } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import {
  type Product,
  type ProductRelease,
  products,
  releaseOf,
  type Versions,
} from '../../kinds/products.ts';
import type { Spec } from '../spec/spec.ts';
import type { Model } from './model.ts';
import type { SharedCluster } from './shared-clusters.ts';

/** The versions that a spec tells. */
export function resolveVersions(
  { versions: said = {}, cnpgVersion }: Spec,
  report: Report,
): Versions {
  const found = products.flatMap((product): [string, ProductRelease][] => {
    const version = said[product.name];
    if (version === undefined) return [];
    const release = releaseOf(product, version);
    if (isAmbiguous(product, version)) report(unquoted(product, version));
    if (release !== undefined) return [[product.name, release]];
    report({ ...unknownVersion(product, version), path: ['versions', product.name] });
    return [];
  });
  const versions: Versions = Object.fromEntries(found);
  checkCnpgVersion(cnpgVersion, versions, report);
  return versions;
}

/** Whether YAML reads another known version as the same number: 2.1 may have been written 2.10. */
function isAmbiguous(product: Product, said: string | number): boolean {
  if (typeof said === 'string' || Number.isInteger(said)) return false;
  const longer = releaseOf(product, `${said}0`);
  const [newest] = product.releases;
  return longer?.isOpen === true && newest !== undefined && longer.at[1] <= newest.at[1];
}

function unquoted({ name, called }: Product, said: string | number): Fault {
  return {
    id: 'unquoted-version',
    message: `version ${said} of ${called} may be meant as ${said}0: without quotes YAML reads both as one number`,
    hint: `Write ${name}: "${said}0" or ${name}: "${said}", with quotes.`,
    path: ['versions', name],
  };
}

/** One operator runs, of which the spec may tell two versions. */
function checkCnpgVersion(
  cnpgVersion: string | undefined,
  { cloudnativePg }: Versions,
  report: Report,
): void {
  if (cnpgVersion === undefined || cloudnativePg === undefined) return;
  if (cnpgVersion.startsWith(`${cloudnativePg.name}.`)) return;
  report({
    id: 'two-versions',
    message: `cnpgVersion is ${cnpgVersion}, and versions.cloudnativePg is ${cloudnativePg.name}: one operator runs`,
    hint: 'Take out the one that is not right; cnpgVersion is for operators that are older than 1.28.',
    path: ['cnpgVersion'],
  });
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

/** The versions that run in a cluster: what any of its environments tells. */
export function sharedVersions(models: ReadonlyMap<string, Pick<Model, 'versions'>>): Versions {
  const told = [...models.values()].map(({ versions }) => versions);
  return Object.assign({}, ...told.reverse());
}

/** Environments of one cluster that tell different versions of what runs in it. */
export function checkVersions(
  { name }: SharedCluster,
  models: ReadonlyMap<string, Pick<Model, 'versions'>>,
  report: (environment: string, fault: Fault) => void,
): void {
  const shared = sharedVersions(models);
  for (const [environment, { versions }] of models)
    for (const product of products) {
      const [own, other] = [versions[product.name]?.name, shared[product.name]?.name];
      if (own !== undefined && other !== undefined && own !== other)
        report(environment, differs(name, product, own, other));
    }
}

function differs(cluster: string, { name, called }: Product, own: string, other: string): Fault {
  return {
    id: 'shared-version',
    message: `environments that share cluster "${cluster}" tell two versions of ${called}: ${other} and ${own}`,
    hint: `One of them runs in it: tell it once, as \`clusters: { ${cluster}: { versions: … } }\`.`,
    path: ['versions', name],
  };
}
