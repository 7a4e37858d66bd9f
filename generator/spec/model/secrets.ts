import type { Path, Report } from '../../core/finding.ts';
import { optional } from '../../core/kube-object.ts';
import { BOOTSTRAP_TOKEN } from '../../kinds/core/secret.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { isValueMaker } from '../../kinds/eso/generators.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { SecretSpec, Spec } from '../spec.ts';
import { loginsOf } from './databases.ts';
import type { Fetched, KnownSecret, SecretContext, SecretModel } from './model.ts';
import { fetchData } from './secret-data.ts';
import { resolveTemplate } from './secret-template.ts';

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

/** Reports a second maker of a Secret: the two would fight over it, unless the second merges into it. */
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

/**
 * Reports a secret without exactly one source, fields that its source has no use for, and what
 * ESO's webhook refuses (docs/facts/eso.md#refused-externalsecrets).
 */
function checkSecretFields(name: string, secret: SecretSpec, path: Path, report: Report): void {
  const isGenerated = secret.dataFrom?.some(entry => entry.generatorRef !== undefined) === true;
  const given = SOURCES.filter(source => secret[source] !== undefined && secret[source] !== false);
  const [source = 'dataFrom'] = given;
  if (given.length !== 1 && !(given.length === 0 && isGenerated)) {
    report({
      id: 'secret-source',
      message: `secret "${name}" has ${given.length === 0 ? 'no source' : given.join(' and ')}`,
      hint: 'Give it exactly one of: store, generator, manual, external.',
      path,
    });
    return;
  }
  for (const field of unusedFields(secret, source))
    report({
      id: 'unused-field',
      message: `a secret with "${source === 'store' ? 'from' : source}" has no use for "${field}"`,
      hint: `Remove ${field}.`,
      path: [...path, field],
      isAboutName: true,
    });
  checkDataFrom(secret, path, report);
  checkPolicies(secret, path, report);
}

/** Fields that say where a Secret comes from. */
const SOURCES = ['store', 'generator', 'manual', 'external'] as const;

type Field = keyof SecretSpec;

function unusedFields(secret: SecretSpec, source: Field): Field[] {
  const fields = Object.keys(secret) as Field[];
  if (source === 'manual' || source === 'external') {
    return fields.filter(field => field !== source);
  }
  const unused: Field[] = source === 'store' ? [] : ['keys', 'from'];
  if (secret.from !== undefined) unused.push('dataFrom');
  return unused.filter(field => secret[field] !== undefined);
}

function checkDataFrom({ dataFrom = [] }: SecretSpec, path: Path, report: Report): void {
  for (const [index, { extract, find, generatorRef }] of dataFrom.entries()) {
    if ([extract, find, generatorRef].filter(source => source !== undefined).length === 1) continue;
    report({
      id: 'value-source',
      message: 'an entry of dataFrom has exactly one of extract, find and generatorRef',
      hint: 'Write one entry for each.',
      path: [...path, 'dataFrom', index],
    });
  }
}

function checkPolicies(secret: SecretSpec, path: Path, report: Report): void {
  const { creationPolicy = 'Owner', deletionPolicy = 'Retain', type } = secret;
  if (isRefusedPair(creationPolicy, deletionPolicy)) {
    const message = `External Secrets Operator refuses deletionPolicy ${deletionPolicy} with creationPolicy ${creationPolicy}`;
    const hint = 'Write deletionPolicy: Retain.';
    report({ id: 'policy-conflict', message, hint, path: [...path, 'deletionPolicy'] });
  }
  if (type === BOOTSTRAP_TOKEN) {
    const message = 'External Secrets Operator after 2.4.0 refuses to make bootstrap tokens';
    const hint = 'Make that Secret by hand, and declare it with manual.';
    report({ id: 'policy-conflict', message, hint, path: [...path, 'type'] });
  }
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
