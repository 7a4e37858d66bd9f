import { type Fault, type Outcome, outcome, type Report } from '../../ground/finding.ts';
import type { Spec } from '../spec/spec.ts';
import { databaseSecrets, resolveDatabases } from './databases.ts';
import { resolveInjections } from './injections.ts';
import { checkLogins } from './logins.ts';
import { missing } from './missing-field.ts';
import type { DatabaseModel, Model } from './model.ts';
import { resolvePushes } from './pushes.ts';
import { checkSecret, type SecretLookup } from './references.ts';
import { withResourceSecrets } from './resource-secrets.ts';
import { resolveResources } from './resources.ts';
import { resolveSecrets } from './secrets.ts';
import { resolveStores } from './stores.ts';
import { resolveVersions } from './versions.ts';
import { resolveWorkloads } from './workloads.ts';

/** One environment's merged spec → what it means. Reports every name that leads nowhere. */
export function resolveModel(partOf: string, spec: Spec): Outcome<Model> {
  const faults: Fault[] = [];
  const report: Report = fault => faults.push(fault);
  const namespace = spec.namespace ?? '';
  if (namespace === '') report(missing('namespace', [], 'namespace: shop'));
  const databases = resolveDatabases(spec, report);
  const resources = resolveResources(spec, namespace, report);
  const made = withResourceSecrets(databaseSecrets(spec, databases), resources, namespace);
  const { secrets, known } = resolveSecrets(spec, namespace, made, report);
  const stores = resolveStores(spec, namespace, secrets, report);
  const lookup = { report, lookUp: (name: string) => known.get(name), names: () => known.keys() };
  const context = {
    ...lookup,
    namespace,
    databases: new Map(databases.map(database => [database.name, database])),
  };
  const workloads = resolveWorkloads(spec, context);
  const inject = resolveInjections(spec, context);
  const pushes = resolvePushes(spec, lookup);
  checkLogins(spec, known, report);
  checkAccessKeys(databases, lookup);
  const { components = [], omit = [] } = spec;
  const entries = { stores, databases, secrets, pushes, workloads, resources, inject };
  const versions = resolveVersions(spec, report);
  return outcome({ partOf, namespace, ...entries, versions, omit, components }, faults);
}

/** Reports access keys of backups that are in no Secret. */
function checkAccessKeys(databases: readonly DatabaseModel[], lookup: SecretLookup): void {
  for (const { path, backup } of databases) {
    const { secret = '', id, key } = backup?.accessKey ?? {};
    if (secret === '') continue;
    const at = [...path, 'backup', 'accessKey'];
    checkSecret({ secret }, [...at, 'secret'], at, lookup);
    if (lookup.lookUp(secret) === undefined || id === undefined || key === undefined) continue;
    checkSecret({ secret, key: id }, at, [...at, 'id'], lookup);
    checkSecret({ secret, key }, at, [...at, 'key'], lookup);
  }
}
