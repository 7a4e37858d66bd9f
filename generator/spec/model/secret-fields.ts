import type { Fault, Path, Report } from '../../core/finding.ts';
import { type JsonObject, scalarText } from '../../core/json.ts';
import { BOOTSTRAP_TOKEN } from '../../kinds/core/secret.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { rewrittenKeys } from '../../kinds/eso/external-secret-spec.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { DataFromSpec, RemoteKeySpec, SecretSpec } from '../spec.ts';
import {
  checkSecret,
  type FetchedData,
  type SecretContext,
  templateKeys,
  urlKeys,
  urlTarget,
} from './model.ts';

type Field = keyof SecretSpec;

/** Fields that say where a Secret comes from. */
const SOURCES = ['store', 'generator', 'manual', 'external'] as const;

/**
 * Reports a secret without exactly one source, fields that its source has no use for, and what
 * ESO's webhook refuses (docs/facts/eso.md#refused-externalsecrets).
 */
export function checkSecretFields(
  name: string,
  secret: SecretSpec,
  path: Path,
  report: Report,
): void {
  const isGenerated = secret.dataFrom?.some(entry => entry.generatorRef !== undefined) === true;
  const given = SOURCES.filter(source => secret[source] !== undefined && secret[source] !== false);
  if (given.length !== 1 && !(given.length === 0 && isGenerated)) {
    report(wrongSources(name, given, path));
    return;
  }
  const source = given[0] ?? 'dataFrom';
  for (const field of unusedFields(secret, source)) report(unused(source, field, path));
  checkDataFrom(secret, path, report);
  checkPolicies(secret, path, report);
}

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

function wrongSources(name: string, given: readonly string[], path: Path): Fault {
  return {
    id: 'secret-source',
    message: `secret "${name}" has ${given.length === 0 ? 'no source' : given.join(' and ')}`,
    hint: 'Give it exactly one of: store, generator, manual, external.',
    path,
  };
}

function unused(source: Field, field: Field, path: Path): Fault {
  return {
    id: 'unused-field',
    message: `a secret with "${source === 'store' ? 'from' : source}" has no use for "${field}"`,
    hint: `Remove ${field}.`,
    path: [...path, field],
    isAboutName: true,
  };
}

/**
 * What `from` fetches of another Secret: the keys that are named, or that the templates use, or
 * else the whole Secret. Reports a Secret or a key that is not there.
 */
export function fetchFrom(
  from: string,
  secret: SecretSpec,
  path: Path,
  context: SecretContext,
): Fetched {
  checkRemoteNamespace(from, secret, path, context);
  if (path.at(-1) === from) context.report(readsItself(from, path));
  else checkSecret({ secret: from }, [...path, 'from'], [...path, 'from'], context);
  const source = context.lookUp(from) ?? { keys: new Set<string>(), isOpen: true };
  const named = Object.entries(secret.keys ?? {});
  const used = named.length > 0 ? undefined : usedKeys(secret, context);
  const pairs = used?.map(key => [key, key] as const) ?? named;
  if (pairs.length === 0) {
    const dataFrom = [{ extract: remoteRef({ key: from }) }];
    return { data: [], dataFrom, generator: undefined, ...readsOf(from), keys: source };
  }
  const data = pairs.map(([secretKey, remote]) => {
    const property = typeof remote === 'string' ? remote : (remote.property ?? secretKey);
    if (typeof remote !== 'string' && remote.key !== undefined) {
      context.report(keyBesideFrom([...path, 'keys', secretKey, 'key']));
    }
    const keyPath = used === undefined ? [...path, 'keys', secretKey] : [...path, 'template'];
    checkSecret({ secret: from, key: property }, keyPath, keyPath, context);
    const options = typeof remote === 'string' ? {} : remote;
    return { secretKey, remoteRef: remoteRef({ ...options, key: from, property }) };
  });
  const keys = { keys: new Set(data.map(entry => entry.secretKey)), isOpen: false };
  return { data, dataFrom: [], generator: undefined, ...readsOf(from), keys };
}

function keyBesideFrom(path: Path): Fault {
  return {
    id: 'unused-field',
    message: '"from" names the Secret already, and "key" would name another',
    hint: 'Remove key; property names the key of the Secret.',
    path,
    isAboutName: true,
  };
}

function readsItself(name: string, path: Path): Fault {
  return {
    id: 'unknown-secret',
    message: `secret "${name}" is read from itself`,
    hint: 'Name the Secret it is made of.',
    path: [...path, 'from'],
  };
}

/** The keys that all templates together use, when their text tells. */
function usedKeys(
  { from, template, templateFrom }: SecretSpec,
  context: SecretContext,
): readonly string[] | undefined {
  if (template === undefined || templateFrom !== undefined) return undefined;
  const used = Object.values(template).map(text =>
    typeof text === 'string'
      ? templateKeys(text)
      : urlKeys(text.postgresUrl ?? {}, urlTarget(from, context)),
  );
  if (used.includes(undefined)) return undefined;
  const keys = [...new Set(used.flatMap(keys => keys ?? []))].sort();
  return keys.length === 0 ? undefined : keys;
}

function checkRemoteNamespace(
  from: string,
  { store }: SecretSpec,
  path: Path,
  { spec, namespace, report }: SecretContext,
): void {
  const remote = spec.stores?.[store ?? '']?.kubernetes?.remoteNamespace ?? namespace;
  if (remote === namespace) return;
  report({
    id: 'remote-namespace',
    message: `store "${store}" reads namespace "${remote}", and secret "${from}" is in "${namespace}"`,
    hint: 'Leave remoteNamespace out: a kubernetes store reads the namespace of its environment.',
    path: [...path, 'from'],
    related: [{ note: 'the store', path: ['stores', store ?? '', 'kubernetes'] }],
  });
}

function readsOf(from: string): Pick<Fetched, 'reads' | 'remoteReads'> {
  return { reads: [from], remoteReads: [from] };
}

/** What an ExternalSecret fetches before any template. */
export interface Fetched {
  readonly data: readonly FetchedData[];
  readonly dataFrom: readonly JsonObject[];
  readonly generator: { readonly kind: string; readonly spec: JsonObject } | undefined;
  /** Secrets of this namespace that are read. */
  readonly reads: readonly string[];
  /** Secrets that the store reads, in whichever namespace it looks. */
  readonly remoteReads: readonly string[];
  readonly keys: KeySet;
}

/** The keys an ExternalSecret fetches before any template; open when its sources do not tell. */
export function fetchedKeys(
  data: readonly FetchedData[],
  secret: SecretSpec,
  generator: { readonly kind: string; readonly spec: JsonObject } | undefined,
  context: SecretContext,
): KeySet {
  const isLocal = context.spec.stores?.[secret.store ?? '']?.kubernetes !== undefined;
  const sources = [
    ...(generator === undefined
      ? []
      : [generatorKind(generator.kind)?.secrets?.generatedKeys?.(generator.spec)]),
    ...(secret.dataFrom ?? []).map(entry =>
      rewrittenKeys(dataFromKeys(entry, isLocal, context), entry.rewrite),
    ),
  ];
  return {
    keys: new Set([...data.map(entry => entry.secretKey), ...sources.flatMap(keys => keys ?? [])]),
    isOpen: sources.includes(undefined),
  };
}

function dataFromKeys(
  { extract, generatorRef }: DataFromSpec,
  isLocal: boolean,
  { lookUp }: SecretContext,
): readonly string[] | undefined {
  if (generatorRef !== undefined)
    return generatorKind(scalarText(generatorRef['kind']))?.secrets?.generatedKeys?.({});
  const local = isLocal && extract !== undefined ? lookUp(extract.key) : undefined;
  return local === undefined || local.isOpen ? undefined : [...local.keys];
}

/**
 * A remoteRef. Its defaults come with the stored form, in the versions that have them
 * (docs/facts/eso.md#defaults); where one of the three is given, all are written, in one order.
 */
export function remoteRef(options: RemoteKeySpec): JsonObject {
  const { conversionStrategy, decodingStrategy, metadataPolicy } = options;
  const isUsual = (conversionStrategy ?? decodingStrategy ?? metadataPolicy) === undefined;
  return {
    key: options.key ?? '',
    ...(options.property !== undefined && { property: options.property }),
    ...(options.version !== undefined && { version: options.version }),
    ...(!isUsual && {
      conversionStrategy: conversionStrategy ?? 'Default',
      decodingStrategy: decodingStrategy ?? 'None',
      metadataPolicy: metadataPolicy ?? 'None',
    }),
  };
}
