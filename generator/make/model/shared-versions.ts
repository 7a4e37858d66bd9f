import type { Fault } from '../../ground/finding.ts';
import { type Product, products, type Versions } from '../../kinds/products.ts';
import type { Model } from './model.ts';
import type { SharedCluster } from './shared-clusters.ts';

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
