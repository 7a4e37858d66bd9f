import { isMap, type Json, listAt, mapAt, textAt } from '../ground/json.ts';
import { cnpgReaders } from './cnpg-readers.ts';
import { type Item, specOf } from './item.ts';
import type { Reader } from './secret-graph.ts';
import { pullReaders, readerOf, refReader } from './secret-refs.ts';
import { storeReaders } from './store-readers.ts';

/** What objects that run no pods read, by kind. */
export function objectReaders(item: Item): Reader[] {
  const spec = specOf(item);
  switch (item.kind) {
    case 'ServiceAccount':
      return pullReaders(item, listAt(item.object, 'imagePullSecrets'), ['imagePullSecrets']);
    case 'Ingress':
      return listAt(spec, 'tls').flatMap((entry, index) => {
        const path = ['spec', 'tls', index, 'secretName'];
        return isMap(entry) ? readerOf(item, { name: entry['secretName'], path, how: 'tls' }) : [];
      });
    case 'Cluster':
      return item.group === 'postgresql.cnpg.io' ? cnpgReaders(item, spec) : [];
    case 'SecretStore':
    case 'ClusterSecretStore':
      return storeReaders(item, mapAt(spec, 'provider'), ['spec', 'provider']);
    case 'Gateway':
      return gatewayReaders(item, listAt(spec, 'listeners'));
    case 'ObjectStore':
      return item.group === 'barmancloud.cnpg.io'
        ? storeReaders(item, mapAt(spec, 'configuration'), ['spec', 'configuration'], 'cnpg')
        : [];
    case 'DatabaseRole':
      return refReader(item, spec['passwordSecret'], ['spec', 'passwordSecret'], 'cnpg');
    case 'PushSecret':
      return refReader(
        item,
        mapAt(spec, 'selector')['secret'],
        ['spec', 'selector', 'secret'],
        'store',
      );
    case 'TriggerAuthentication':
    case 'ClusterTriggerAuthentication':
      return listAt(spec, 'secretTargetRef').flatMap((entry, index) =>
        refReader(item, entry, ['spec', 'secretTargetRef', index], 'keda'),
      );
    default:
      return [];
  }
}

/** The certificates of a Gateway's listeners; without a kind they are Secrets. */
function gatewayReaders(item: Item, listeners: readonly Json[]): Reader[] {
  return listeners.flatMap((listener, index) =>
    listAt(listener, 'tls', 'certificateRefs').flatMap((ref, at) => {
      const path = ['spec', 'listeners', index, 'tls', 'certificateRefs', at];
      const isSecret = (textAt(ref, 'kind') ?? 'Secret') === 'Secret';
      return isSecret ? refReader(item, ref, path, 'tls', textAt(ref, 'namespace')) : [];
    }),
  );
}
