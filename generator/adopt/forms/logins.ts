import { listAt, textAt } from '../../ground/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { FormContext } from './form.ts';

/** The CNPG Clusters that are databases of the spec: of others it knows nothing. */
function clustersOf({ wanted, databases }: FormContext): PlacedObject[] {
  return wanted.objects.filter(
    ({ known, name, namespace }) =>
      known === cnpgCluster && namespace === wanted.namespace && databases.has(name),
  );
}

/** The Cluster that a Secret with a login leads to, be it of the operator's or of its own. */
export function loginCluster(secret: string, context: FormContext): PlacedObject | undefined {
  return clustersOf(context).find(cluster =>
    [`${cluster.name}-app`, `${cluster.name}-superuser`, ...givenLogins(cluster)].includes(secret),
  );
}

/** Whether a Cluster takes a login from a Secret: such a Secret is given its type and label. */
export function isGivenLogin(secret: string, context: FormContext): boolean {
  return clustersOf(context).some(cluster => givenLogins(cluster).includes(secret));
}

function givenLogins(cluster: PlacedObject): string[] {
  const spec = specOf(cluster);
  const roles = listAt(spec, 'managed', 'roles').map(role =>
    textAt(role, 'passwordSecret', 'name'),
  );
  return [
    textAt(spec, 'bootstrap', 'initdb', 'secret', 'name'),
    textAt(spec, 'superuserSecret', 'name'),
    ...roles,
  ].filter(secret => secret !== undefined);
}
