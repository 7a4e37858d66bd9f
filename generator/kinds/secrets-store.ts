import { listAt, textAt } from '../core/json.ts';
import { type Kind, madeAt, specOf } from './kind.ts';

/** Secrets Store CSI Driver; pods that mount one make its Secrets (topics/sync-as-kubernetes-secret). */
export const secretProviderClass: Kind = {
  group: 'secrets-store.csi.x-k8s.io',
  kind: 'SecretProviderClass',
  fields: { contentAt: path => (path.at(-1) === 'secretKey' ? 'name' : undefined) },
  makes: object =>
    listAt(specOf(object), 'secretObjects').flatMap((entry, index) => {
      const keys = listAt(entry, 'data').flatMap(file => textAt(file, 'key') ?? []);
      const path = ['spec', 'secretObjects', index, 'secretName'];
      return madeAt(object, path, keys, { type: textAt(entry, 'type') });
    }),
};
