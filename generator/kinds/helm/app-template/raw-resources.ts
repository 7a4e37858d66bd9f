import { isMap, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied } from '../part.ts';
import { type App, type Entry, entriesOf } from './app.ts';
import { appObject } from './app-object.ts';

/** Objects that are written out in the values under a name that the library makes. */
export function rawResources(app: App): Brought[] {
  return entriesOf(app, 'rawResources').flatMap(entry => rawResource(app, entry) ?? []);
}

/** The library's own fields of an entry, beside those of the object. */
const OWN = new Set([
  'enabled',
  'forceRename',
  'nameOverride',
  'prefix',
  'suffix',
  'labels',
  'annotations',
]);

function rawResource(app: App, entry: Entry): Brought | undefined {
  const { manifest } = entry.values;
  const at = isMap(manifest) ? [...entry.at, 'manifest'] : entry.at;
  const values = isMap(manifest) ? manifest : entry.values;
  const [apiVersion, kind] = [textAt(values, 'apiVersion'), textAt(values, 'kind')];
  if (apiVersion === undefined || kind === undefined) return undefined;
  const fields = Object.entries(values).filter(
    ([field]) => !['apiVersion', 'kind', 'metadata'].includes(field) && !OWN.has(field),
  );
  return appObject(
    app,
    entry,
    { apiVersion, kind },
    Object.fromEntries(fields.map(([field, value]) => [field, copied([...at, field], value)])),
  );
}
