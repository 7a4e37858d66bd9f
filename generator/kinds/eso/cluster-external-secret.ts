import { mapAt, textAt } from '../../ground/json.ts';
import type { Kind } from '../kind.ts';
import { secretSpecForm } from './external-secret.ts';
import { ESO, nameOfKey, served } from './group.ts';

export const clusterExternalSecret: Kind = {
  group: ESO,
  kind: 'ClusterExternalSecret',
  isOfCluster: true,
  isUnmistakable: true,
  served,
  leaves: 'unless owned',
  feeds: ([first, field]) => first === 'spec' && field === 'externalSecretSpec',
  holds: nameOfKey,
  durations: [
    ['spec', 'refreshTime'],
    ['spec', 'externalSecretSpec', 'refreshInterval'],
  ],
  form: object => {
    const spec = mapAt(object, 'spec');
    const name = textAt(spec, 'externalSecretName') ?? textAt(object, 'metadata', 'name') ?? '';
    const externalSecretSpec = secretSpecForm(mapAt(spec, 'externalSecretSpec'), name);
    return { ...object, spec: { ...spec, externalSecretSpec } };
  },
};
