import type { Path, Report } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { hosts, POSTGRES_PORT, serviceHost } from '../../kinds/cnpg/services.ts';
import type { KeySet } from '../../kinds/secret-ends.ts';
import type { EnvFromSpec, EnvSpec } from '../spec/workload-spec.ts';
import { missing } from './missing-field.ts';
import type { DatabaseModel, EnvVar } from './model.ts';
import { checkSecret, type SecretLookup } from './references.ts';

/** What the workloads of an environment are resolved against. */
export interface WorkloadContext extends SecretLookup {
  readonly namespace: string;
  readonly databases: ReadonlyMap<string, DatabaseModel>;
}

/** One variable: text, or a reference that leads somewhere. */
export function envVar(
  name: string,
  value: string | EnvSpec,
  path: Path,
  context: WorkloadContext,
): EnvVar {
  if (typeof value === 'string') return { name, value };
  const { secret, configMap, key, database, optional, valueFrom } = value;
  checkSources({ secret, configMap, database, valueFrom }, path, context.report);
  if (valueFrom !== undefined) return { name, valueFrom };
  if (database !== undefined) return { name, value: databaseField(database, value, path, context) };
  if (key === undefined) context.report(missing('key', path, 'key: password'));
  const options = optional === undefined ? {} : { optional };
  const ref = { key: key ?? '', name: secret ?? configMap ?? '', ...options };
  if (secret === undefined) return { name, valueFrom: { configMapKeyRef: ref } };
  if (optional !== true && key !== undefined) {
    checkSecret({ secret, key }, [...path, 'secret'], [...path, 'key'], context);
  }
  return { name, valueFrom: { secretKeyRef: ref } };
}

/** Reports a reference to nothing, or to two things at once. */
export function checkSources(
  sources: Readonly<Record<string, unknown>>,
  path: Path,
  report: Report,
): void {
  const given = Object.keys(sources).filter(source => sources[source] !== undefined);
  if (given.length === 1) return;
  report({
    id: 'value-source',
    message: `this has ${given.length === 0 ? 'no source' : given.join(' and ')}`,
    hint: `Give it exactly one of: ${Object.keys(sources).join(', ')}.`,
    path,
  });
}

function databaseField(
  name: string,
  { field, pooler }: EnvSpec,
  path: Path,
  { databases, namespace, report }: WorkloadContext,
): string {
  const database = databases.get(name);
  if (database === undefined) {
    const hint = knownNames('databases', name, databases.keys());
    report({
      id: 'unknown-database',
      message: `there is no database "${name}"`,
      hint,
      path: [...path, 'database'],
    });
    return '';
  }
  const { database: dbname, owner } = database;
  const fields: Readonly<Record<string, string>> = {
    ...(pooler === undefined
      ? hosts(name, namespace)
      : { host: poolerHost(pooler, database, namespace, path, report) }),
    port: POSTGRES_PORT,
    dbname,
    owner,
  };
  const value = field !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value !== undefined) return value;
  report({
    id: 'unknown-database-field',
    message:
      field === undefined
        ? `which field of database "${name}"?`
        : `a database has no field "${field}"`,
    hint: knownNames('fields', field ?? '', Object.keys(fields)),
    path: [...path, ...(field === undefined ? [] : ['field'])],
  });
  return '';
}

function poolerHost(
  name: string,
  { name: cnpgCluster, poolers }: DatabaseModel,
  namespace: string,
  path: Path,
  report: Report,
): string {
  const names = poolers.map(pooler => pooler.name);
  if (!names.includes(name)) {
    report({
      id: 'unknown-pooler',
      message: `database "${cnpgCluster}" has no pooler "${name}"`,
      hint: knownNames(`poolers of "${cnpgCluster}"`, name, names),
      path: [...path, 'pooler'],
    });
  }
  return serviceHost(name, namespace);
}

/** One source of many variables. */
export function envFrom(source: EnvFromSpec, path: Path, context: WorkloadContext): JsonObject {
  const { secret, configMap, prefix, optional } = source;
  checkSources({ secret, configMap }, path, context.report);
  if (secret !== undefined && optional !== true) checkSecret({ secret }, path, path, context);
  const ref = { name: secret ?? configMap ?? '', ...(optional !== undefined && { optional }) };
  return {
    ...(prefix !== undefined && { prefix }),
    ...(secret === undefined ? { configMapRef: ref } : { secretRef: ref }),
  };
}

/** The variables that all sources bring. */
export function envFromKeys(sources: readonly EnvFromSpec[], { lookUp }: WorkloadContext): KeySet {
  const keys = new Set<string>();
  let isOpen = false;
  for (const { secret, prefix = '' } of sources) {
    const known = secret === undefined ? undefined : lookUp(secret);
    if (known === undefined || known.isOpen) isOpen = true;
    for (const key of known?.keys ?? []) keys.add(prefix + key);
  }
  return { keys, isOpen };
}
