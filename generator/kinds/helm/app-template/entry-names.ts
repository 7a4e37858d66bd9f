import { textAt } from '../../../ground/json.ts';
import { type App, entryNamed } from './app.ts';

/** The name of the Secret or ConfigMap that comes of an entry of the values. */
export function nameOfEntry(
  app: App,
  field: 'configMaps' | 'secrets' | 'externalSecrets',
  id: string,
): string | undefined {
  const entry = entryNamed(app, field, id);
  const target = field === 'externalSecrets' ? textAt(entry?.values, 'target', 'name') : undefined;
  return target ?? entry?.name;
}
