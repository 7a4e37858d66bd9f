import { mergeEnvironment } from '../../make/spec/merge-environment.ts';
import type { Spec, SpecObject } from '../../make/spec/spec.ts';
import type { Outside } from './object-set.ts';

/**
 * What units of a spec read and do not make: Secrets that are declared as made by hand or by
 * others, and stores that are external. What one of a cluster declares is there for all.
 */
export function declaredOutside(spec: SpecObject, ...targets: readonly string[]): Outside {
  const declared = targets.map(unit => declaredBy(spec, unit));
  return {
    secrets: new Map(declared.flatMap(({ secrets }) => [...secrets])),
    objects: new Set(declared.flatMap(({ objects }) => [...objects])),
  };
}

function declaredBy(spec: SpecObject, unit: string): Outside {
  const { namespace, secrets, stores } = mergeEnvironment(spec, unit === 'base' ? undefined : unit);
  const home = namespace === undefined ? '' : `${namespace}/`;
  return { secrets: declaredSecrets(secrets, home), objects: externalStores(stores, home) };
}

function declaredSecrets(secrets: Spec['secrets'], home: string): Outside['secrets'] {
  const declared = Object.entries(secrets ?? {}).flatMap(([name, { manual, external }]) => {
    const keys = manual ?? external;
    if (keys === undefined) return [];
    return [[`${home}${name}`, typeof keys === 'boolean' ? undefined : keys] as const];
  });
  return new Map(declared);
}

function externalStores(stores: Spec['stores'], home: string): Outside['objects'] {
  const external = Object.entries(stores ?? {}).filter(([, store]) => store.external === true);
  return new Set(
    external.map(([name, { kind = 'ClusterSecretStore' }]) =>
      kind === 'SecretStore' ? `${kind}/${home}${name}` : `${kind}/${name}`,
    ),
  );
}
