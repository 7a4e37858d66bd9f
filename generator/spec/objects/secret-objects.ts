import type { Model, SecretModel } from '../model/model.ts';
import type { SecretMakers } from './build.ts';
import { cnpgDatabaseName } from './cnpg.ts';
import { externalSecret, generator } from './eso.ts';
import type { EntryObject } from './patches.ts';

/** A Secret's ExternalSecret and, when it is generated, the generator. */
export function secretObjects(
  secret: SecretModel,
  model: Model,
  makers: SecretMakers,
): EntryObject[] {
  const { name, storeRef, generator: made, reads, creationPolicy } = secret;
  const { namespace } = model;
  const needs = [
    ...(storeRef === undefined ? [] : [`${storeRef.kind}/${storeRef.name}`]),
    ...(made === undefined ? [] : [`${made.kind}/${name}`]),
    ...reads.flatMap(makers),
    ...(creationPolicy === 'Merge'
      ? makers(name).filter(ref => ref !== `ExternalSecret/${secret.externalSecret}`)
      : []),
    ...namedDatabases(secret, model),
  ];
  const ownTerms = [
    ...(secret.dataFrom.length === 0 ? [] : [[['spec', 'dataFrom'], ['dataFrom']] as const]),
    ...('templateFrom' in (secret.template ?? {})
      ? [[['spec', 'target', 'template', 'templateFrom'], ['templateFrom']] as const]
      : []),
  ];
  return [
    { object: externalSecret(secret, namespace), needs, ownTerms },
    ...(made === undefined
      ? []
      : [
          {
            object: generator(made.kind, made.spec, name, namespace),
            ownTerms: [[['spec'], ['generator', 'spec']]] as const,
          },
        ]),
  ];
}

/** The extra Databases that a Secret's connection URLs lead to. */
function namedDatabases({ extraDatabases: named }: SecretModel, { databases }: Model): string[] {
  if (named.length === 0) return [];
  return databases.flatMap(({ name, extraDatabases }) =>
    extraDatabases
      .filter(extra => named.includes(extra.name))
      .map(extra => `Database/${cnpgDatabaseName(extra.name, name)}`),
  );
}
