import { mapAt } from '../../ground/json.ts';
import type { Kind } from '../kind.ts';

export const coreService: Kind = {
  group: '',
  kind: 'Service',
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  services: ({ name }) => [name],

  /** A Service keeps its address: none (headless) is one too, and nothing written means the old one. */
  fixed: (before, after) => {
    const [was, is] = [before, after].map(side => mapAt(side, 'spec')['clusterIP'] ?? '');
    const isExternal = mapAt(before, 'spec')['type'] === 'ExternalName';
    return is === '' || is === was || isExternal ? [] : [['spec', 'clusterIP']];
  },
};
