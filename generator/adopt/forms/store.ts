import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { clusterSecretStore } from '../../kinds/eso/cluster-secret-store.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { secretStore } from '../../kinds/eso/secret-store.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { ShortForms } from '../../make/model/providers.ts';
import type { Wanted } from '../wanted.ts';
import type { Alternative, Form } from './form.ts';
import { given, hasOnly, unless } from './given.ts';

/** A store: by the short form of its provider, or with the provider in ESO's own terms. */
export const storeForm: Form = {
  section: 'stores',
  kinds: [clusterSecretStore, secretStore],
  ways: (object, { wanted }) => {
    const provider = mapAt(specOf(object), 'provider');
    const kind = given({ kind: unless(object.kind, 'ClusterSecretStore') });
    const short = shortWays(object, provider, wanted).map(way => ({
      ...way,
      entry: { ...kind, ...way.entry },
    }));
    const verbatim = { way: 'provider', entry: { ...kind, provider }, covers: [object] };
    if (Object.keys(provider).length !== 1) return 'it has no provider, or several';
    return [...short, verbatim];
  },
};

function shortWays(object: PlacedObject, provider: JsonObject, wanted: Wanted): Alternative[] {
  return Object.entries(WAYS).flatMap(([name, ways]) => {
    const settings = provider[name];
    return isMap(settings) ? ways(object, settings, wanted) : [];
  });
}

type Ways = (object: PlacedObject, settings: JsonObject, wanted: Wanted) => Alternative[];

/** How each provider that has a short form is said in it. */
const WAYS: Readonly<Record<keyof ShortForms | 'kubernetes', Ways>> = {
  aws: awsWays,
  kubernetes: kubernetesWays,
};

/** AWS by service, region, role and ServiceAccount, with what all its keys begin with as prefix. */
function awsWays(object: PlacedObject, aws: JsonObject, wanted: Wanted): Alternative[] {
  const { service, region, role, auth } = aws;
  const account = mapAt(auth, 'jwt', 'serviceAccountRef');
  const isShort =
    hasOnly(aws, 'service', 'region', 'role', 'auth') &&
    (auth === undefined || hasOnly(mapAt(auth), 'jwt')) &&
    hasOnly(account, 'name', 'namespace');
  if (!isShort) return [];
  const settings = given({ service, region, role, serviceAccount: account });
  const prefix = commonPrefix(keysIn(wanted, object));
  const plain = { way: 'aws', entry: { aws: settings }, covers: [object] };
  if (prefix === undefined) return [plain];
  return [{ ...plain, way: 'prefix', entry: { aws: { ...settings, prefix } } }, plain];
}

/** Secrets of the cluster, read with a ServiceAccount that has a Role for them. */
function kubernetesWays(
  object: PlacedObject,
  kubernetes: JsonObject,
  wanted: Wanted,
): Alternative[] {
  const account = textAt(kubernetes, 'auth', 'serviceAccount', 'name');
  const remote = textAt(kubernetes, 'remoteNamespace') ?? 'default';
  if (account === undefined) return [];
  const home = textAt(kubernetes, 'auth', 'serviceAccount', 'namespace') ?? wanted.namespace;
  const role = home === remote ? account : `${account}-${home}`;
  const covers = [
    inNamespace(wanted, 'ServiceAccount', account, home),
    inNamespace(wanted, 'Role', role, remote),
    inNamespace(wanted, 'RoleBinding', role, remote),
  ];
  const there = covers.filter(cover => cover !== undefined);
  if (there.length < covers.length) return [];
  const settings = given({
    remoteNamespace: unless(remote, wanted.namespace),
    server: unless(textAt(kubernetes, 'server', 'url'), 'https://kubernetes.default.svc'),
    serviceAccount: unless(account, object.name),
  });
  return [{ way: 'kubernetes', entry: { kubernetes: settings }, covers: [object, ...there] }];
}

function inNamespace(
  { objects }: Wanted,
  kind: string,
  name: string,
  namespace: string,
): PlacedObject | undefined {
  return objects.find(
    object => object.kind === kind && object.name === name && object.namespace === namespace,
  );
}

/** The keys that ExternalSecrets ask a store for, paths of searches included. */
function keysIn({ objects, namespace }: Wanted, store: PlacedObject): string[] {
  const own = objects.filter(
    object => object.known === externalSecret && object.namespace === namespace,
  );
  return own.flatMap(object => {
    const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
    if (storeRef?.name !== store.name || storeRef.kind !== store.kind) return [];
    return [
      ...data.map(({ key }) => key),
      ...dataFrom.flatMap(({ spec, extract }) => [
        ...(extract === undefined ? [] : [extract]),
        ...[textAt(spec, 'find', 'path')].filter(path => path !== undefined),
      ]),
    ];
  });
}

/**
 * The folder of most use as a prefix: all keys lie in it, or begin with a slash and so are as they are
 * written. Undefined where none makes the spec shorter.
 */
function commonPrefix(keys: readonly string[]): string | undefined {
  const folders = new Set(keys.flatMap(foldersOf));
  const fitting = [...folders].filter(folder =>
    keys.every(key => key.startsWith(`${folder}/`) || key.startsWith('/')),
  );
  const saved = (folder: string): number =>
    keys.filter(key => key.startsWith(`${folder}/`)).length * (folder.length + 1);
  const worth = fitting
    .map(folder => ({ folder, gain: saved(folder) - folder.length - 'prefix: '.length }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || (a.folder < b.folder ? -1 : 1));
  return worth[0]?.folder;
}

/** The folders above a key, from the outermost: `/a/b/c` is in `/a` and `/a/b`. */
function foldersOf(key: string): string[] {
  const ends = [...key.matchAll(/\//g)].map(({ index }) => index).filter(index => index > 0);
  return ends.map(end => key.slice(0, end));
}

/** A key as the spec has it, behind the prefix of its store. */
export function behindPrefix(key: string, prefix: string | undefined): string {
  const start = prefix === undefined ? '' : `${prefix}/`;
  const rest = key.slice(start.length);
  return key.startsWith(start) && rest !== '' && !rest.startsWith('/') ? rest : key;
}
