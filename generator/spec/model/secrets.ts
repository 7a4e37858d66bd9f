import type { Report } from '../../core/finding.ts';
import { optional } from '../../core/kube-object.ts';
import { isValueMaker } from '../../kinds/eso/generators.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { SecretSpec, Spec } from '../spec.ts';
import { loginsOf } from './databases.ts';
import type { Fetched, KnownSecret, SecretContext, SecretModel } from './model.ts';
import { fetchData, resolveTemplate } from './secret-data.ts';
import { checkSecretFields } from './secret-fields.ts';

/**
 * Every Secret with its keys. A Secret that is read `from` another one is resolved after it,
 * whatever their order in the spec.
 */
export function resolveSecrets(
  spec: Spec,
  namespace: string,
  made: ReadonlyMap<string, KnownSecret>,
  report: Report,
): { readonly secrets: SecretModel[]; readonly known: ReadonlyMap<string, KnownSecret> } {
  const specs = spec.secrets ?? {};
  const known = new Map(made);
  const secrets: SecretModel[] = [];
  const underWay = new Set<string>();
  const resolve = (name: string, secret: SecretSpec): void => {
    underWay.add(name);
    const resolved = resolveSecret(name, secret, context);
    if (resolved.model !== undefined) secrets.push(resolved.model);
    if (secret.creationPolicy === 'None') return; // ESO reads the store and makes no Secret.
    addKnown(known, name, { ...resolved.keys, path: ['secrets', name] }, secret, report);
  };
  const lookUp = (name: string): KnownSecret | undefined => {
    const secret = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (secret !== undefined && !underWay.has(name)) resolve(name, secret);
    return known.get(name);
  };
  const names = (): Iterable<string> => new Set([...made.keys(), ...Object.keys(specs)]);
  const context = { spec, namespace, report, lookUp, names, logins: loginsOf(spec) };
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
    const maker = before.database === undefined ? 'the resource' : 'the database';
    report({
      id: 'duplicate-secret',
      message: `secret "${name}" is made by ${maker} "${before.path.at(-1)}" already`,
      hint: 'Choose another name, or set creationPolicy: Merge to add keys to it.',
      path: secret.path,
      isAboutName: true,
      related: [{ note: maker, path: before.path }],
    });
  }
}

/** A Secret's keys and, where the spec makes it, its model. */
function resolveSecret(
  name: string,
  secret: SecretSpec,
  context: SecretContext,
): { readonly keys: KeySet; readonly model?: SecretModel } {
  const path = ['secrets', name];
  checkSecretFields(name, secret, path, context.report);
  const declared = secret.manual ?? secret.external;
  if (declared !== undefined && declared !== false) {
    return {
      keys: { keys: new Set(declared === true ? [] : declared), isOpen: declared === true },
    };
  }
  const fetched = fetchData(name, secret, path, context);
  const { template, keys } = resolveTemplate(name, secret, fetched, path, context);
  return { keys, model: { path, template, ...secretModel(name, secret, fetched, context) } };
}

function secretModel(
  name: string,
  secret: SecretSpec,
  { keys: _, ...fetched }: Fetched,
  { spec }: SecretContext,
): Omit<SecretModel, 'path' | 'template'> {
  const { store } = secret;
  return {
    ...fetched,
    name,
    patch: secret.patch ?? {},
    externalSecret: secret.externalSecret ?? name,
    storeRef:
      store === undefined
        ? undefined
        : { kind: spec.stores?.[store]?.kind ?? 'ClusterSecretStore', name: store },
    refreshInterval: secret.refreshInterval ?? '1h',
    refreshPolicy: secret.refreshPolicy ?? refreshOf(secret, fetched),
    creationPolicy: secret.creationPolicy ?? 'Owner',
    deletionPolicy: secret.deletionPolicy ?? 'Retain',
    ...optional('immutable', secret.immutable),
    extraDatabases: Object.values(secret.template ?? {}).flatMap(text =>
      typeof text === 'string' ? [] : (text.postgresUrl?.database ?? []),
    ),
  };
}

/** A new value replaces the one in use, so a generator makes one only once, unless the spec has an interval. */
function refreshOf(
  { refreshInterval }: SecretSpec,
  { generator }: Pick<Fetched, 'generator'>,
): string | undefined {
  const isMade = generator !== undefined && isValueMaker(generator.kind);
  return isMade && refreshInterval === undefined ? 'CreatedOnce' : undefined;
}
