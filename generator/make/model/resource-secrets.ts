import { refOf } from '../../ground/kube-object.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { withKeys } from '../../kinds/eso/external-secret-keys.ts';
import { partsOf, writtenSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { Find, PlacedObject } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type { KeySet } from '../../kinds/secret-ends.ts';
import type { KnownSecret, ResourceModel } from './model.ts';

/** A Secret that an object of one's own makes in the environment's namespace. */
interface ResourceSecret extends KnownSecret {
  readonly name: string;
  /** What makes it, as `refOf` writes it. */
  readonly maker: string;
}

/** The Secrets that objects of one's own make: those of operators, and of ExternalSecrets. */
export function resourceSecrets(
  resources: readonly ResourceModel[],
  namespace: string,
): ResourceSecret[] {
  const all = resources.flatMap(({ path, objects }) =>
    objects.map(object => ({ path, object: placedObject(object, 0, [], namespace) })),
  );
  const find = finder(all.map(({ object }) => object));
  return all.flatMap(({ path, object }) =>
    madeBy(object, find)
      .filter(made => (made.namespace ?? object.namespace) === namespace)
      .map(({ secret, keys, isOpen }) => ({
        name: secret,
        keys,
        isOpen,
        path,
        maker: refOf(object.json),
      })),
  );
}

interface Made extends KeySet {
  readonly secret: string;
  readonly namespace?: string;
}

/** What an ExternalSecret fetches of another Secret as a whole is not known here. */
function madeBy(object: PlacedObject, find: Find): readonly Made[] {
  if (object.known !== externalSecret) return object.known?.makes?.(object, find) ?? [];
  const written = writtenSecret(object, object.namespace, partsOf);
  if (written.creationPolicy === 'None') return [];
  const { keys, target } = withKeys(written, () => undefined);
  return [{ secret: target, ...keys }];
}

function finder(objects: readonly PlacedObject[]): Find {
  return (kind, namespace, name) =>
    objects.find(
      object => object.known === kind && object.namespace === namespace && object.name === name,
    );
}

/** The Secrets that others make, with those of one's own objects: several may give keys to one. */
export function withResourceSecrets(
  known: ReadonlyMap<string, KnownSecret>,
  resources: readonly ResourceModel[],
  namespace: string,
): Map<string, KnownSecret> {
  const all = new Map(known);
  for (const { name, maker: _, ...secret } of resourceSecrets(resources, namespace)) {
    const before = all.get(name);
    const keys = new Set([...(before?.keys ?? []), ...secret.keys]);
    const isOpen = secret.isOpen || before?.isOpen === true;
    all.set(name, { ...(before ?? secret), keys, isOpen });
  }
  return all;
}
