import type { Path, Report } from '../source/finding.ts';
import type { SecretSpec, Spec } from '../spec/spec.ts';
import type { KeySet, KnownSecret, SecretModel } from './model.ts';
import type { SecretContext } from './references.ts';
import { type Fetched, fetchData } from './secret-data.ts';
import { resolveTemplate } from './secret-template.ts';

export interface ResolvedSecrets {
  readonly secrets: SecretModel[];
  readonly known: ReadonlyMap<string, KnownSecret>;
}

/**
 * Every Secret with its keys. A Secret that is read `from` another one is resolved after it,
 * whatever their order.
 */
export function resolveSecrets(
  spec: Spec,
  namespace: string,
  made: ReadonlyMap<string, KnownSecret>,
  report: Report,
): ResolvedSecrets {
  const specs = spec.secrets ?? {};
  const known = new Map(made);
  const secrets: SecretModel[] = [];
  const underWay = new Set<string>();
  const resolve = (name: string, secret: SecretSpec): void => {
    underWay.add(name);
    const resolved = resolveSecret(name, secret, context);
    if (resolved.model !== undefined) secrets.push(resolved.model);
    addKnown(known, name, { ...resolved.keys, path: ['secrets', name] }, secret, report);
  };
  const lookUp = (name: string): KnownSecret | undefined => {
    const secret = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (secret !== undefined && !underWay.has(name)) resolve(name, secret);
    return known.get(name);
  };
  const names = (): Iterable<string> => new Set([...made.keys(), ...Object.keys(specs)]);
  const context = { spec, namespace, report, lookUp, names, logins: loginSecrets(spec) };
  for (const name of Object.keys(specs)) lookUp(name);
  secrets.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { secrets, known };
}

/** Two makers of one Secret fight over it, unless the second merges into it. */
function addKnown(
  known: Map<string, KnownSecret>,
  name: string,
  secret: KnownSecret,
  { creationPolicy }: SecretSpec,
  report: Report,
): void {
  const before = known.get(name);
  if (before === undefined) {
    known.set(name, secret);
  } else if (creationPolicy === 'Merge') {
    const keys = new Set([...before.keys, ...secret.keys]);
    known.set(name, { ...before, keys, isOpen: before.isOpen || secret.isOpen });
  } else {
    report({
      id: 'duplicate-secret',
      message: `secret "${name}" is made by the database "${before.database}" already`,
      hint: 'Choose another name, or set creationPolicy: Merge to add keys to it.',
      path: secret.path,
      isAboutName: true,
      related: [{ message: 'the database', path: before.path }],
    });
  }
}

/** The Secrets that the databases name for a role. */
function loginSecrets({ databases = {} }: Spec): Set<string> {
  const named = Object.values(databases).flatMap(({ ownerSecret, superuser, roles = {} }) => [
    ownerSecret,
    typeof superuser === 'object' ? superuser.secret : undefined,
    ...Object.values(roles).map(role => role.secret),
  ]);
  return new Set(named.filter(name => name !== undefined));
}

interface ResolvedSecret {
  readonly keys: KeySet;
  readonly model?: SecretModel;
}

function resolveSecret(name: string, secret: SecretSpec, context: SecretContext): ResolvedSecret {
  const path = ['secrets', name];
  checkSource(name, secret, path, context.report);
  const declared = secret.manual ?? secret.external;
  if (declared !== undefined && declared !== false) {
    return {
      keys: { keys: new Set(declared === true ? [] : declared), isOpen: declared === true },
    };
  }
  const fetched = fetchData(name, secret, path, context);
  const { template, keys } = resolveTemplate(name, secret, fetched, path, context);
  return { keys, model: secretModel(name, secret, path, fetched, template, context) };
}

function secretModel(
  name: string,
  secret: SecretSpec,
  path: Path,
  fetched: Fetched,
  template: SecretModel['template'],
  { spec }: SecretContext,
): SecretModel {
  const store = secret.store;
  return {
    name,
    path,
    patch: secret.patch ?? {},
    storeRef:
      store === undefined
        ? undefined
        : { kind: spec.stores?.[store]?.kind ?? 'ClusterSecretStore', name: store },
    refreshInterval: secret.refreshInterval ?? '1h',
    refreshPolicy: secret.refreshPolicy,
    creationPolicy: secret.creationPolicy ?? 'Owner',
    deletionPolicy: secret.deletionPolicy ?? 'Retain',
    immutable: secret.immutable,
    template,
    data: fetched.data,
    dataFrom: fetched.dataFrom,
    generator: fetched.generator,
    reads: fetched.reads,
    extraDatabases: Object.values(secret.template ?? {}).flatMap(text =>
      typeof text === 'string' ? [] : (text.postgresUrl?.database ?? []),
    ),
  };
}

/** Exactly one of store, generator, manual and external says where a Secret comes from. */
function checkSource(name: string, secret: SecretSpec, path: Path, report: Report): void {
  const isGenerated = secret.dataFrom?.some(entry => entry.generatorRef !== undefined) === true;
  const sources = (['store', 'generator', 'manual', 'external'] as const).filter(
    source => secret[source] !== undefined && secret[source] !== false,
  );
  if (sources.length === 1 || (sources.length === 0 && isGenerated)) return;
  report({
    id: 'secret-source',
    message: `secret "${name}" has ${sources.length === 0 ? 'no source' : sources.join(' and ')}`,
    hint: 'Give it exactly one of: store, generator, manual, external.',
    path,
  });
}
