import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { bootstrapOf, cnpgCluster } from './cluster.ts';
import { superuserOf } from './cluster-secrets.ts';
import { databaseRole } from './database-role.ts';
import { RELOAD_LABEL } from './group.ts';

/** A role, and the version of the Secret with its password that CNPG took up last. */
interface TakenPassword {
  readonly role: string;
  readonly version: string;
  /** Whether it was set in the database then; else the operator has seen it, which is all that it tells. */
  readonly isSet: boolean;
}

/**
 * The roles of a Cluster, or of a DatabaseRole, that have their password from a Secret, as far as CNPG has taken
 * it up (docs/facts/cnpg.md#status).
 */
export function takenPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  if (live.known === databaseRole) {
    const version = textAt(live.json, 'status', 'secretResourceVersion');
    const isMeant = textAt(specOf(live), 'passwordSecret', 'name') === secret;
    const role = textAt(specOf(live), 'name') ?? live.name;
    return isMeant && version !== undefined ? [{ role, version, isSet: true }] : [];
  }
  if (live.known !== cnpgCluster) return [];
  return [...managedPasswords(live, secret), ...ownPasswords(live, secret)];
}

function managedPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  const all = mapAt(live.json, 'status', 'managedRolesStatus', 'passwordStatus');
  return listAt(specOf(live), 'managed', 'roles').flatMap(one => {
    const role = textAt(one, 'name') ?? '';
    const version = textAt(all, role, 'resourceVersion');
    const isMeant = textAt(one, 'passwordSecret', 'name') === secret;
    return isMeant && version !== undefined ? [{ role, version, isSet: true }] : [];
  });
}

/** Of the owner and the superuser: a replica cluster has those of its source. */
function ownPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  if (specOf(live)['replica'] !== undefined) return [];
  const versions = mapAt(live.json, 'status', 'secretsResourceVersion');
  const app = bootstrapOf(live.json);
  const superuser = superuserOf(live.json, live.name);
  const all = [
    { role: app.owner, secret: app.secret, field: 'applicationSecretVersion' },
    {
      role: superuser.isOn ? 'postgres' : undefined,
      secret: superuser.secret,
      field: 'superuserSecretVersion',
    },
  ];
  return all.flatMap(({ role, field, ...one }) => {
    const version = textAt(versions, field) ?? '';
    const isKnown = role !== undefined && version !== '' && one.secret === secret;
    return isKnown ? [{ role, version, isSet: false }] : [];
  });
}

/** The label that makes CNPG look, as `kubectl label` takes it. */
export const RELOADED: string = `${RELOAD_LABEL}=true`;
