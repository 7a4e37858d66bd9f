import { isMap, type JsonObject, mapAt, textAt } from '../../../ground/json.ts';
import { sum } from '../../../ground/sum.ts';
import type { Brought } from '../../kind.ts';
import { copied } from '../part.ts';
import type { Release } from '../release.ts';
import { serviceAccounts } from './accounts.ts';
import { type App, type AppEntry, appOf, entriesOf } from './app.ts';
import { appObject } from './app-object.ts';
import { workloads } from './controllers.ts';
import { configMaps, externalSecrets, secrets } from './secrets.ts';
import { ingresses, services } from './services.ts';
import { claims } from './volumes.ts';

const MAKERS: readonly ((app: App) => Brought[])[] = [
  workloads,
  services,
  ingresses,
  secrets,
  configMaps,
  externalSecrets,
  serviceAccounts,
  claims,
  rawResources,
];

/** What the library makes of the values, as far as Secrets, hosts and pods go. */
export function appObjects(release: Release): Brought[] {
  const app = appOf(release);
  return MAKERS.flatMap(make => make(app));
}

/** Parts of objects: no release that people write comes near. */
const MOST = 100_000;

/**
 * Whether values would make more than anybody runs: what holds for all containers is in each of
 * them, so that a small file can stand for a great deal.
 */
export function isHuge(values: JsonObject): boolean {
  const volumes = sizeOf(values['persistence']);
  const common =
    sizeOf(mapAt(values, 'global')['annotations']) + sizeOf(values['defaultPodOptions']);
  const entries = sum(Object.values(values).map(sizeOf));
  const containers = Object.values(mapAt(values, 'controllers')).map(controller => {
    const own = ['containers', 'initContainers'].map(field => sizeOf(mapAt(controller)[field]));
    const defaults = Object.values(mapAt(controller, 'defaultContainerOptions')).map(sizeOf);
    return (sum(own) + 1) * (volumes + sum(defaults));
  });
  return sum(containers) + entries * common > MOST;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 0;
}

/** Objects that are written out in the values under a name that the library makes. */
function rawResources(app: App): Brought[] {
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

function rawResource(app: App, entry: AppEntry): Brought | undefined {
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
