import { mapAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { ESO, nameOfKey, servedAlpha } from './group.ts';
import { pushedNames } from './push-secret.ts';

export const clusterPushSecret: Kind = {
  group: ESO,
  kind: 'ClusterPushSecret',
  isOfCluster: true,
  served: servedAlpha,
  holds: nameOfKey,
  durations: [
    ['spec', 'refreshTime'],
    ['spec', 'pushSecretSpec', 'refreshInterval'],
  ],
  mayMake: object => pushedNames(mapAt(specOf(object), 'pushSecretSpec')),
};
