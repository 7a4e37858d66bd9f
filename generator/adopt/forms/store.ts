import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { clusterSecretStore } from '../../kinds/eso/cluster-secret-store.ts';
import { secretStore } from '../../kinds/eso/secret-store.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import { PROVIDER_NAMES } from '../../make/model/providers.ts';
import type { Wanted } from '../wanted.ts';
import type { Alternative, Form } from './form.ts';
import { given, hasOnly, unless } from './given.ts';
import { commonPrefix, keysIn } from './store-prefix.ts';

/** A store: by the short form of its provider, or with the provider in ESO's own terms. */
export const storeForm: Form = {
  section: 'stores',
  kinds: [clusterSecretStore, secretStore],
  ways: (item, { wanted }) => {
    const provider = mapAt(specOf(item), 'provider');
    const kind = given({ kind: unless(item.kind, 'ClusterSecretStore') });
    const short = shortWays(item, provider, wanted).map(way => ({
      ...way,
      entry: { ...kind, ...way.entry },
    }));
    const verbatim = { way: 'provider', entry: { ...kind, provider }, covers: [item] };
    return Object.keys(provider).length === 1 ? [...short, verbatim] : [];
  },
};

function shortWays(item: Item, provider: JsonObject, wanted: Wanted): Alternative[] {
  const { aws, kubernetes } = provider;
  if (isMap(aws) && PROVIDER_NAMES.includes('aws')) return awsWays(item, aws, wanted);
  return isMap(kubernetes) ? kubernetesWays(item, kubernetes, wanted) : [];
}

/** AWS by service, region, role and ServiceAccount, with what all its keys begin with as prefix. */
function awsWays(item: Item, aws: JsonObject, wanted: Wanted): Alternative[] {
  const { service, region, role, auth } = aws;
  const account = mapAt(auth, 'jwt', 'serviceAccountRef');
  const isShort =
    hasOnly(aws, 'service', 'region', 'role', 'auth') &&
    (auth === undefined || hasOnly(mapAt(auth), 'jwt')) &&
    hasOnly(account, 'name', 'namespace');
  if (!isShort) return [];
  const settings = given({ service, region, role, serviceAccount: account });
  const prefix = commonPrefix(keysIn(wanted, item));
  const plain = { way: 'aws', entry: { aws: settings }, covers: [item] };
  if (prefix === undefined) return [plain];
  return [{ ...plain, way: 'prefix', entry: { aws: { ...settings, prefix } } }, plain];
}

/** Secrets of the cluster, read with a ServiceAccount that has a Role for them. */
function kubernetesWays(item: Item, kubernetes: JsonObject, wanted: Wanted): Alternative[] {
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
    serviceAccount: unless(account, item.name),
  });
  return [{ way: 'kubernetes', entry: { kubernetes: settings }, covers: [item, ...there] }];
}

function inNamespace(
  { items }: Wanted,
  kind: string,
  name: string,
  namespace: string,
): Item | undefined {
  return items.find(
    item => item.kind === kind && item.name === name && item.namespace === namespace,
  );
}
