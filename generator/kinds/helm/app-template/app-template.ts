import type { Brought } from '../../kind.ts';
import type { Release } from '../release.ts';
import { serviceAccounts } from './accounts.ts';
import { type App, appOf } from './app.ts';
import { claims } from './claims.ts';
import { workloads } from './controllers.ts';
import { ingresses } from './ingresses.ts';
import { rawResources } from './raw-resources.ts';
import { configMaps, externalSecrets, secrets } from './secrets.ts';
import { services } from './services.ts';

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
