import { isMap, mapAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, mapPart, type Part } from '../part.ts';
import { type App, type AppEntry, entriesOf } from './app.ts';
import { appObject, textsPart } from './app-object.ts';

/** The Secrets that are written out in the values: their keys, and nothing of what they hold. */
export function secrets(app: App): Brought[] {
  return entriesOf(app, 'secrets').map(entry => {
    const type = textAt(entry.values, 'type');
    return appObject(
      app,
      entry,
      { apiVersion: 'v1', kind: 'Secret' },
      {
        type: type === undefined ? undefined : copied([...entry.at, 'type'], type),
        stringData: keysPart(entry),
      },
    );
  });
}

function keysPart({ values, at }: AppEntry): Part {
  const place = [...at, 'stringData'];
  const keys = Object.keys(mapAt(values, 'stringData'));
  const empty = keys.map(key => [key, copied([...place, key], '')]);
  return mapPart(place, Object.fromEntries(empty));
}

/** The ConfigMaps that are written out in the values. */
export function configMaps(app: App): Brought[] {
  return entriesOf(app, 'configMaps').map(entry => {
    const data = textsPart([{ at: [...entry.at, 'data'], value: mapAt(entry.values, 'data') }]);
    return appObject(app, entry, { apiVersion: 'v1', kind: 'ConfigMap' }, { data });
  });
}

/** The ExternalSecrets, with the store that holds for all that name none. */
export function externalSecrets(app: App): Brought[] {
  return entriesOf(app, 'externalSecrets').map(entry => {
    const type = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' };
    return appObject(app, entry, type, { spec: specPart(app, entry) });
  });
}

const FETCHES = ['refreshPolicy', 'refreshInterval', 'target', 'data', 'dataFrom'];

function specPart(app: App, { values, at }: AppEntry): Part {
  const given = FETCHES.filter(field => Object.hasOwn(values, field));
  const common = 'defaultExternalSecretStoreRef';
  const store = { ...mapAt(app.values, common), ...mapAt(values, 'secretStoreRef') };
  const place = isMap(values['secretStoreRef']) ? [...at, 'secretStoreRef'] : [common];
  const fields = given.map(field => [field, copied([...at, field], values[field] ?? null)]);
  return mapPart(at, {
    secretStoreRef: Object.keys(store).length === 0 ? undefined : copied(place, store),
    ...Object.fromEntries(fields),
  });
}
