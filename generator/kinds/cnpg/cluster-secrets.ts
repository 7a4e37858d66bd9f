import type { Path } from '../../ground/finding.ts';
import { type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { BASIC_AUTH } from '../core/secret.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import type { Made, Omitted } from '../secret-ends.ts';
import { CNPG_VERSION, certificateKeys, loginKeys } from './login-keys.ts';

/**
 * The Secrets of a CNPG cluster: no -app when initdb names another Secret, -superuser only when it
 * is switched on, certificates unless they are given.
 */
export function clusterSecrets(object: PlacedObject): Made[] {
  const spec = specOf(object);
  const bootstrap = mapAt(spec, 'bootstrap');
  const isAppGiven = ['initdb', 'recovery', 'pg_basebackup'].some(
    method => textAt(bootstrap, method, 'secret', 'name') !== undefined,
  );
  const { isOn, isGiven } = superuserOf(object.json, object.name);
  return [
    ...(isAppGiven || isWithoutDatabase(bootstrap) ? [] : [login(object, 'app')]),
    ...(isOn && !isGiven ? [login(object, 'superuser')] : []),
    ...certificates(object),
  ];
}

/** Whether postgres may log in, and the Secret with its password. */
export function superuserOf(
  object: KubeObject,
  name: string,
): {
  readonly isOn: boolean;
  readonly secret: string;
  /** The Secret is another's. */
  readonly isGiven: boolean;
} {
  const spec = mapAt(object, 'spec');
  const given = textAt(spec, 'superuserSecret', 'name') || undefined;
  return {
    isOn: spec['enableSuperuserAccess'] === true,
    secret: given ?? `${name}-superuser`,
    isGiven: given !== undefined,
  };
}

function login(object: PlacedObject, suffix: string): Made {
  return made(object, suffix, BASIC_AUTH, loginKeys(CNPG_VERSION));
}

function made(
  object: PlacedObject,
  suffix: string,
  type: string,
  keys: Pick<Made, 'keys' | 'isOpen'>,
): Made {
  return { secret: `${object.name}-${suffix}`, path: ['metadata', 'name'], type, ...keys };
}

/** A monolith import brings its databases and roles along (CNPG, cluster_defaults.go). */
function isWithoutDatabase(bootstrap: JsonObject): boolean {
  const isMonolith = textAt(bootstrap, 'initdb', 'import', 'type') === 'monolith';
  return isMonolith && textAt(bootstrap, 'initdb', 'database') === undefined;
}

/** A certificate Secret, and the fields that all have to be given for it not to be made. */
const CERTIFICATES = [
  ['ca', 'Opaque', ['serverCASecret', 'clientCASecret']],
  ['server', 'kubernetes.io/tls', ['serverTLSSecret']],
  ['replication', 'kubernetes.io/tls', ['replicationTLSSecret']],
] as const;

function certificates(object: PlacedObject): Made[] {
  const given = mapAt(specOf(object), 'certificates');
  return CERTIFICATES.flatMap(([suffix, type, fields]) => {
    const keys = certificateKeys(suffix);
    const isGiven = fields.every(field => given[field] !== undefined);
    return isGiven || keys === undefined
      ? []
      : [{ ...made(object, suffix, type, keys), isInternal: true }];
  });
}

/** Fields of a CNPG Cluster that name a Secret instead of one that CNPG makes, by its suffix. */
const INSTEAD: readonly (readonly [suffix: string, ...field: string[]])[] = [
  ['app', 'bootstrap', 'initdb', 'secret', 'name'],
  ['app', 'bootstrap', 'recovery', 'secret', 'name'],
  ['app', 'bootstrap', 'pg_basebackup', 'secret', 'name'],
  ['superuser', 'superuserSecret', 'name'],
  ['server', 'certificates', 'serverTLSSecret'],
  ['replication', 'certificates', 'replicationTLSSecret'],
  ['ca', 'certificates', 'serverCASecret'],
];

const MORE: Readonly<Record<string, string>> = {
  app: 'CNPG makes none without a database: a monolith import copies roles with their passwords.',
  superuser:
    'CNPG makes it only with enableSuperuserAccess: true: set it, or read the -app Secret.',
};

/** The Secrets that a CNPG cluster would make if its spec were another. */
export function omittedSecrets(object: PlacedObject): Omitted[] {
  const secret = (suffix: string): string => `${object.name}-${suffix}`;
  const others = Object.entries(MORE).map(
    ([suffix, hint]): Omitted => ({ secret: secret(suffix), hint, path: ['metadata', 'name'] }),
  );
  const given = INSTEAD.flatMap(([suffix, ...field]): Omitted[] => {
    const name = textAt(specOf(object), ...field);
    if (name === undefined) return [];
    const where = field.filter(step => step !== 'name').join('.');
    const hint = `CNPG makes no "${secret(suffix)}", because ${where} names "${name}": read that one.`;
    const path: Path = ['spec', ...field];
    return [{ secret: secret(suffix), hint, path }];
  });
  return [...others, ...given];
}
