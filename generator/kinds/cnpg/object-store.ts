import { type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { type BackupPlace, windowRetention } from '../backups.ts';
import { providerReads } from '../eso/provider-reads.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';

const WINDOW = 'retentionPolicy';

/** Where the barman plugin of CNPG keeps backups. */
export const objectStore: Kind = {
  group: 'barmancloud.cnpg.io',
  kind: 'ObjectStore',
  isPrecious: true,
  backupPlace: placeOfObjects,
  keepsBackups: object => windowRetention(textAt(specOf(object), WINDOW), ['spec', WINDOW]),
  reads: object => providerReads(storeConfiguration(object), ['spec', 'configuration'], 'cnpg'),
};

const DESTINATION = ['spec', 'configuration', 'destinationPath'];

/** The settings of Barman Cloud, as a Cluster has them too (docs/facts/cnpg.md#archives). */
export function storeConfiguration(store: PlacedObject): JsonObject {
  return mapAt(specOf(store), 'configuration');
}

/** The bucket and folder below which each server has its own; undefined: none is said. */
export function placeOfStore(configuration: JsonObject): string | undefined {
  const destination = textAt(configuration, 'destinationPath');
  if (destination === undefined) return undefined;
  const endpoint = textAt(configuration, 'endpointURL') ?? '';
  return JSON.stringify([endpoint, destination.replace(/\/$/, '')]);
}

function placeOfObjects(store: PlacedObject): BackupPlace | undefined {
  const place = placeOfStore(storeConfiguration(store));
  if (place === undefined) return undefined;
  return { path: DESTINATION, called: textAt(store.json, ...DESTINATION) ?? '', place };
}
