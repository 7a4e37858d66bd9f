import { listAt } from '../../ground/json.ts';
import type { Kind } from '../kind.ts';
import { pullReads } from '../secret-refs.ts';

export const serviceAccount: Kind = {
  group: '',
  kind: 'ServiceAccount',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  isReadingLate: true,
  accounts: ({ name }) => [name],
  reads: ({ json }) => pullReads(listAt(json, 'imagePullSecrets'), ['imagePullSecrets']),
};
