import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, specOf } from '../kind.ts';
import { cnpgCluster } from './cluster.ts';
import { databaseRole } from './database-role.ts';
import { RELOAD_LABEL } from './group.ts';

/** A role, and the version of the Secret that its password was last set from. */
interface SetPassword {
  readonly role: string;
  readonly version: string;
}

/**
 * The roles of a Cluster, or of a DatabaseRole, that have their password from a Secret, as far as CNPG has set
 * it (docs/facts/cnpg.md#status).
 */
export function setPasswords(live: Item, secret: string): SetPassword[] {
  if (live.known === databaseRole) {
    const version = textAt(live.object, 'status', 'secretResourceVersion');
    const isMeant = textAt(specOf(live), 'passwordSecret', 'name') === secret;
    const role = textAt(specOf(live), 'name') ?? live.name;
    return isMeant && version !== undefined ? [{ role, version }] : [];
  }
  if (live.known !== cnpgCluster) return [];
  const all = mapAt(live.object, 'status', 'managedRolesStatus', 'passwordStatus');
  return listAt(specOf(live), 'managed', 'roles').flatMap(one => {
    const role = textAt(one, 'name') ?? '';
    const version = textAt(all, role, 'resourceVersion');
    const isMeant = textAt(one, 'passwordSecret', 'name') === secret;
    return isMeant && version !== undefined ? [{ role, version }] : [];
  });
}

/** The label that makes CNPG look, as `kubectl label` takes it. */
export const RELOADED: string = `${RELOAD_LABEL}=true`;
