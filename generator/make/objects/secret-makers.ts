import { databaseSecretNames } from '../model/databases.ts';
import type { Model } from '../model/model.ts';
import { resourceSecrets } from '../model/resource-secrets.ts';

/** Which objects make a Secret: its ExternalSecret, its CNPG cluster, or both for a merge. */
export type SecretMakers = (secret: string) => readonly string[];

/** The makers of a model's Secrets, as references. */
export function secretMakers({ databases, secrets, resources, namespace }: Model): SecretMakers {
  const makers = new Map<string, string[]>();
  const add = (secret: string, maker: string): unknown =>
    makers.set(secret, [...(makers.get(secret) ?? []), maker]);
  for (const { name } of secrets) add(name, `ExternalSecret/${name}`);
  for (const database of databases) {
    for (const secret of databaseSecretNames(database)) add(secret, `Cluster/${database.name}`);
  }
  for (const { name, maker } of resourceSecrets(resources, namespace)) add(name, maker);
  return secret => makers.get(secret) ?? [];
}
