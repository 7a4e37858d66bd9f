import type { Model } from '../model/model.ts';

/** Which objects make a Secret: its ExternalSecret, its CNPG cluster, or both for a merge. */
export type SecretMakers = (secret: string) => readonly string[];

/** The makers of a model's Secrets, as references. */
export function secretMakers({
  databases,
  secrets,
}: Pick<Model, 'databases' | 'secrets'>): SecretMakers {
  const made = new Set(secrets.map(({ name }) => name));
  const clusters = new Set(databases.map(({ name }) => name));
  return secret => {
    const cluster = secret.replace(/-(app|superuser|ca|server|replication)$/, '');
    return [
      ...(made.has(secret) ? [`ExternalSecret/${secret}`] : []),
      ...(cluster !== secret && clusters.has(cluster) ? [`Cluster/${cluster}`] : []),
    ];
  };
}
