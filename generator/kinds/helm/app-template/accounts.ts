import { mapAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { type App, type AppEntry, entriesOf } from './app.ts';
import { appObject } from './app-object.ts';

/** The ServiceAccounts of the values; before version 4 the field was the only one. */
export function accountsOf(app: App): AppEntry[] {
  const values = mapAt(app.values, 'serviceAccount');
  const { create } = values;
  const name = textAt(values, 'name');
  if (typeof create !== 'boolean' && name === undefined) return entriesOf(app, 'serviceAccount');
  const id = 'default';
  const only = { id, name: name || app.fullname, values, at: ['serviceAccount'] };
  return create === true ? [only] : [];
}

/** Them as objects. */
export function serviceAccounts(app: App): Brought[] {
  const type = { apiVersion: 'v1', kind: 'ServiceAccount' };
  return accountsOf(app).map(entry => appObject(app, entry, type, {}));
}
