import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { ESO, nameOfKey, servedAlpha } from './group.ts';

export const pushSecret: Kind = {
  group: ESO,
  kind: 'PushSecret',
  served: servedAlpha,
  holds: nameOfKey,
  durations: [['spec', 'refreshInterval']],
  reads: item =>
    refRead(mapAt(specOf(item), 'selector')['secret'], {
      path: ['spec', 'selector', 'secret'],
      how: 'store',
    }),
  mayMake: item => pushedNames(specOf(item)),
};

/** What is written to a store may be a Secret of this cluster. */
export function pushedNames(spec: JsonObject): string[] {
  return listAt(spec, 'data').flatMap(
    entry => textAt(entry, 'match', 'remoteRef', 'remoteKey') ?? [],
  );
}
