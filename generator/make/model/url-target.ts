import { hosts } from '../../kinds/cnpg/services.ts';
import type { SecretContext } from './references.ts';
import type { UrlTarget } from './template.ts';

/** The primary and the database that a Secret's login leads to, when it is one of the spec's. */
export function urlTarget(
  from: string | undefined,
  { logins, namespace }: SecretContext,
): UrlTarget | undefined {
  const login = from === undefined ? undefined : logins.get(from);
  if (login === undefined) return undefined;
  const { host = '' } = hosts(login.cnpgCluster, namespace);
  return { host, database: login.database };
}
