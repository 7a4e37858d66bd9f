import type { Path, Report } from '../../core/finding.ts';
import { type JsonObject, scalarText } from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import { BOOTSTRAP_TOKEN } from '../../kinds/core/secret.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { rewrittenKeys } from '../../kinds/eso/external-secret-spec.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { DataFromSpec, RemoteKeySpec, SecretSpec } from '../spec.ts';
import {
  checkSecret,
  type Fetched,
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
  const fromPath = [...path, 'from'];
  if (path.at(-1) === from)
    context.report({
      id: 'unknown-secret',
      message: `secret "${from}" is read from itself`,
      hint: 'Name the Secret it is made of.',
      path: fromPath,
    });
  else checkSecret({ secret: from }, fromPath, fromPath, context);
  const named = Object.entries(secret.keys ?? {});
  const used = named.length > 0 ? undefined : usedKeys(secret, context);
  const pairs = used?.map(key => [key, key] as const) ?? named;
  const fetched = { generator: undefined, reads: [from], remoteReads: [from] };
  if (pairs.length === 0) {
    const keys = context.lookUp(from) ?? { keys: new Set<string>(), isOpen: true };
    return { ...fetched, data: [], dataFrom: [{ extract: remoteRef({ key: from }) }], keys };
  }
  const data = pairs.map(([secretKey, remote]) => {
    const keyPath = used === undefined ? [...path, 'keys', secretKey] : [...path, 'template'];
    return fromEntry(from, secretKey, remote, keyPath, context);
  });
  const keys = { keys: new Set(data.map(entry => entry.secretKey)), isOpen: false };
  return { ...fetched, data, dataFrom: [], keys };
}

/** One key of another Secret. */
function fromEntry(
  from: string,
  secretKey: string,
  remote: string | RemoteKeySpec,
  path: Path,
  context: SecretContext,
): FetchedData {
  const options = typeof remote === 'string' ? { property: remote } : remote;
  const { property = secretKey } = options;
  if (options.key !== undefined)
    context.report({
      id: 'unused-field',
      message: '"from" names the Secret already, and "key" would name another',
      hint: 'Remove key; property names the key of the Secret.',
      path: [...path, 'key'],
      isAboutName: true,
    });
  checkSecret({ secret: from, key: property }, path, path, context);
  return { secretKey, remoteRef: remoteRef({ ...options, key: from, property }) };
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

/** The keys an ExternalSecret fetches before any template; open when its sources do not tell. */
export function fetchedKeys(
  data: readonly FetchedData[],
  secret: SecretSpec,
  generator: Fetched['generator'],
  context: SecretContext,
): KeySet {
  const isLocal = context.spec.stores?.[secret.store ?? '']?.kubernetes !== undefined;
  const sources = [
    ...(generator === undefined
      ? []
      : [generatorKind(generator.kind)?.generates?.(generator.spec)]),
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
    return generatorKind(scalarText(generatorRef['kind']))?.generates?.({});
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
    ...optional('property', options.property),
    ...optional('version', options.version),
    ...(!isUsual && {
      conversionStrategy: conversionStrategy ?? 'Default',
      decodingStrategy: decodingStrategy ?? 'None',
      metadataPolicy: metadataPolicy ?? 'None',
    }),
  };
}
