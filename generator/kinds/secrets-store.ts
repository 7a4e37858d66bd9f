import { listAt, mapsAt, textAt } from '../core/json.ts';
import { type Kind, madeAt, specOf } from './kind.ts';

/** Secrets Store CSI Driver; pods that mount one make its Secrets (topics/sync-as-kubernetes-secret). */
export const secretProviderClass: Kind = {
  group: 'secrets-store.csi.x-k8s.io',
  kind: 'SecretProviderClass',
  fields: { contentAt: path => (path.at(-1) === 'secretKey' ? 'name' : undefined) },
  makes: object =>
    mapsAt(specOf(object), ['spec'], 'secretObjects').flatMap(({ map, path }) => {
      const keys = listAt(map, 'data').flatMap(file => textAt(file, 'key') ?? []);
      return madeAt(object, [...path, 'secretName'], keys, { type: textAt(map, 'type') });
    }),
};
