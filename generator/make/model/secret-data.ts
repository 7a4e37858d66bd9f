import type { Path } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { GENERATORS, servedAlpha } from '../../kinds/eso/group.ts';
import { passwordGenerator } from '../../kinds/eso/password.ts';
import type { DataFromSpec, RemoteKeySpec, SecretSpec } from '../spec/secret-spec.ts';
import { type Fetched, fetchedKeys, remoteRef } from './fetched.ts';
import { missing } from './missing-field.ts';
import type { FetchedData } from './model.ts';
import { shortForm } from './providers.ts';
import type { SecretContext } from './references.ts';
import { fetchFrom } from './secret-from.ts';
import { checkRemoteKey, findStore, remoteKey } from './stores.ts';

/** Resolves `keys`, `from`, `dataFrom` and `generator` of one secret. */
export function fetchData(
  name: string,
  secret: SecretSpec,
  path: Path,
  context: SecretContext,
): Fetched {
  const store = checkStore(secret, path, context);
  if (secret.from !== undefined) return fetchFrom(secret.from, secret, path, context);
  const data = Object.entries(secret.keys ?? {}).map(([secretKey, remote]) =>
    dataEntry(secretKey, remote, secret, [...path, 'keys', secretKey], context),
  );
  const dataFrom = (secret.dataFrom ?? []).map((entry, index) =>
    dataFromEntry(entry, secret, [...path, 'dataFrom', index], context),
  );
  if (secret.store !== undefined && data.length === 0 && dataFrom.length === 0) {
    context.report(missing('keys', path, 'keys: { api-key: path/in/the/store }'));
  }
  const generator = generatorOf(secret);
  if (generator !== undefined) dataFrom.unshift(generatorRef(generator.kind, name));
  const remoteReads = store === 'kubernetes' ? kubernetesReads(data, dataFrom) : [];
  const reads = isOwnNamespace(secret, context) ? remoteReads : [];
  const keys = fetchedKeys(data, secret, generator, context);
  return { data, dataFrom, generator, reads, remoteReads, keys };
}

/** Reports a store that does not exist, and `from` on a store that cannot read Secrets. */
function checkStore(
  { store, from }: SecretSpec,
  path: Path,
  { spec, report }: SecretContext,
): 'kubernetes' | 'other' {
  const stores = spec.stores ?? {};
  const found =
    store === undefined ? undefined : findStore(store, stores, [...path, 'store'], report);
  const short = found && shortForm(found);
  const isUnknown = store !== undefined && found === undefined;
  if (!isUnknown && from !== undefined && (short !== undefined || store === undefined)) {
    report({
      id: 'store-provider',
      message: `"from" reads a Kubernetes Secret, and ${store === undefined ? 'no store is named' : `store "${store}" reads from ${short?.called}`}`,
      hint: `Name a kubernetes store. ${knownNames('stores', '', Object.keys(stores))}`,
      path: [...path, 'from'],
    });
  }
  return found?.kubernetes === undefined ? 'other' : 'kubernetes';
}

function dataEntry(
  secretKey: string,
  remote: string | RemoteKeySpec,
  { store }: SecretSpec,
  path: Path,
  { spec, report }: SecretContext,
): FetchedData {
  const options = typeof remote === 'string' ? { key: remote } : remote;
  if (options.key === undefined) report(missing('key', path, 'key: path/in/the/store'));
  const key = remoteKey(spec.stores ?? {}, store, options.key ?? '');
  checkRemoteKey(spec, store, key, path, report);
  return { secretKey, remoteRef: remoteRef({ ...options, key }) };
}

function dataFromEntry(
  { extract, find, rewrite, generatorRef }: DataFromSpec,
  { store }: SecretSpec,
  at: Path,
  { spec, report }: SecretContext,
): JsonObject {
  const inStore = (key: string): string => remoteKey(spec.stores ?? {}, store, key);
  if (extract !== undefined)
    checkRemoteKey(spec, store, inStore(extract.key), [...at, 'extract', 'key'], report);
  const path = find?.['path'];
  return {
    ...(extract !== undefined && { extract: { ...extract, key: inStore(extract.key) } }),
    ...(find !== undefined && {
      find: { ...find, ...(typeof path === 'string' && { path: inStore(path) }) },
    }),
    ...(generatorRef !== undefined && { sourceRef: { generatorRef } }),
    ...(rewrite !== undefined && { rewrite }),
  };
}

/** Without repetition a password of 41 characters would need more digits than there are. */
function generatorOf({ generator }: SecretSpec): Fetched['generator'] {
  if (generator === undefined) return undefined;
  const { kind = passwordGenerator.kind, spec = {} } = generator;
  const isPassword = kind === passwordGenerator.kind;
  return { kind, spec: isPassword ? { allowRepeat: true, ...spec } : spec };
}

function generatorRef(kind: string, name: string): JsonObject {
  const apiVersion = `${GENERATORS}/${servedAlpha.versions[0]}`;
  return { sourceRef: { generatorRef: { apiVersion, kind, name } } };
}

/** The Secrets that data and extract entries read through a kubernetes store. */
function kubernetesReads(
  data: readonly FetchedData[],
  dataFrom: readonly JsonObject[],
): readonly string[] {
  const extracts = dataFrom.flatMap(entry => entry['extract'] ?? []) as JsonObject[];
  const refs = [...data.map(entry => entry.remoteRef), ...extracts];
  return [...new Set(refs.map(ref => String(ref['key'])))];
}

/** Whether the secret's store looks into the environment's own namespace. */
function isOwnNamespace({ store }: SecretSpec, { spec, namespace }: SecretContext): boolean {
  const remote = spec.stores?.[store ?? '']?.kubernetes?.remoteNamespace;
  return remote === undefined || remote === namespace;
}
