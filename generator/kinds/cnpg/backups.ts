import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, type MapInValue, mapAt, mapsAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { providerReads } from '../eso/stores.ts';
import { type BackupPlace, scopeOf, windowRetention } from '../facets.ts';
import { annotationOf, type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { cnpgKind } from './group.ts';

/** Where the Barman Cloud plugin of CNPG keeps backups. */
export const objectStore: Kind = {
  group: 'barmancloud.cnpg.io',
  kind: 'ObjectStore',
  fields: { shows: ['spec.retentionPolicy', ...storeFields('spec.configuration')] },
  data: {
    isPrecious: true,
    backupPlace: store => {
      const place = placeOfStore(storeConfiguration(store));
      if (place === undefined) return undefined;
      return { path: DESTINATION, called: textAt(store.json, ...DESTINATION) ?? '', place };
    },
    retentions: object => windowRetention(textAt(specOf(object), WINDOW), ['spec', WINDOW]),
  },
  reads: object => providerReads(storeConfiguration(object), ['spec', 'configuration'], 'cnpg'),
};

const WINDOW = 'retentionPolicy';

/** All parts of a Cluster that archive its log; the operator takes one (docs/facts/cnpg.md#archives). */
export function archiversOf(cluster: PlacedObject): Omit<BackupPlace, 'place'>[] {
  const field = 'barmanObjectStore';
  const inTree = { path: ['spec', 'backup', field], called: `backup.${field}` };
  const plugins = archiverPlugins(cluster).map(({ map, path }) => ({
    path,
    called: `the plugin "${textAt(map, 'name') ?? ''}"`,
  }));
  return isMap(mapAt(specOf(cluster), 'backup')[field]) ? [inTree, ...plugins] : plugins;
}

function archiverPlugins(cluster: PlacedObject): MapInValue[] {
  return mapsAt(specOf(cluster), ['spec'], 'plugins').filter(
    ({ map }) => map['isWALArchiver'] === true && map['enabled'] !== false,
  );
}

/** The archive that a Cluster writes to. Without a server name it uses its own name. */
export function ownArchive(cluster: PlacedObject, find: Find): BackupPlace | undefined {
  if (annotationOf(cluster, 'cnpg.io/skipWalArchiving') === 'enabled') return undefined;
  const inTree = inTreeArchive(mapAt(specOf(cluster), 'backup'), ['spec', 'backup'], cluster.name);
  const [first] = archiverPlugins(cluster);
  return inTree ?? (first && pluginArchive(first, cluster, find));
}

/** A text for the place of a Cluster's archive: equal for two that archive to one place. Undefined: not known. */
export function archiveId(cluster: PlacedObject, find: Find): string | undefined {
  const archive = ownArchive(cluster, find);
  if (archive === undefined || isUnresolved(cluster.name)) return undefined;
  const { place = '', path } = archive;
  if (place !== '' && !isUnresolved(place)) return place;
  const { [NAME]: store, serverName = cluster.name } = mapAt(cluster.json, ...path);
  const isKnown = typeof store === 'string' && !isUnresolved(`${store}${serverName}`);
  return isKnown ? JSON.stringify([cluster.namespace, store, serverName]) : undefined;
}

/** The archive that a Cluster is recovered from. */
export function sourceArchive(cluster: PlacedObject, find: Find): BackupPlace | undefined {
  const source = textAt(specOf(cluster), 'bootstrap', 'recovery', 'source');
  const entry = mapsAt(specOf(cluster), ['spec'], 'externalClusters').find(
    ({ map }) => textAt(map, 'name') === source,
  );
  if (source === undefined || entry === undefined) return undefined;
  const { map, path } = entry;
  const plugin = { map: mapAt(map, 'plugin'), path: [...path, 'plugin'] };
  return inTreeArchive(map, path, source) ?? pluginArchive(plugin, cluster, find);
}

function inTreeArchive(parent: JsonObject, path: Path, server: string): BackupPlace | undefined {
  const store = mapAt(parent, 'barmanObjectStore');
  const place = placeOf(store, textAt(store, 'serverName') || server);
  return place && { path: [...path, 'barmanObjectStore'], ...place };
}

/** A plugin names an ObjectStore. Without a server name it uses the Cluster's own, also for a source. */
function pluginArchive({ map, path }: MapInValue, cluster: PlacedObject, find: Find) {
  const name = textAt(map, 'parameters', NAME);
  if (name === undefined) return undefined;
  const server = textAt(map, 'parameters', 'serverName') || cluster.name;
  const store = find(objectStore, cluster.namespace, name);
  const unseen = { called: `ObjectStore "${name}", server "${server}"`, place: undefined };
  const place = (store && placeOf(storeConfiguration(store), server)) ?? unseen;
  return { path: [...path, 'parameters'], ...place };
}

function placeOf(store: JsonObject, server: string): Omit<BackupPlace, 'path'> | undefined {
  const within = placeOfStore(store);
  if (within === undefined) return undefined;
  const called = `${textAt(store, 'destinationPath')}, server "${server}"`;
  return { called, place: JSON.stringify([within, server]), within };
}

type StoreName = { readonly name: string; readonly path: Path };

/** The ObjectStores without which the Barman Cloud plugin stops a Cluster: of its archive and its sources. */
export function namedObjectStores(cluster: PlacedObject): StoreName[] {
  const spec = specOf(cluster);
  const recovered = textAt(spec, 'bootstrap', 'recovery', 'source');
  const sources = [recovered, textAt(spec, 'replica', 'source')];
  return [
    ...mapsAt(spec, ['spec'], 'plugins').flatMap(({ map, path }) =>
      map['enabled'] === false ? [] : storeNamed(map, path),
    ),
    ...mapsAt(spec, ['spec'], 'externalClusters').flatMap(({ map, path }) =>
      sources.includes(textAt(map, 'name') ?? '')
        ? storeNamed(map['plugin'], [...path, 'plugin'])
        : [],
    ),
  ];
}

function storeNamed(plugin: unknown, path: Path): StoreName[] {
  const name = textAt(plugin, 'parameters', NAME);
  if (name === undefined || textAt(plugin, 'name') !== 'barman-cloud.cloudnative-pg.io') return [];
  return [{ name, path: [...path, 'parameters', NAME] }];
}

const NAME = 'barmanObjectName';
const DESTINATION = ['spec', 'configuration', 'destinationPath'];

/** The settings of Barman Cloud, which a Cluster may have too (docs/facts/cnpg.md#archives). */
function storeConfiguration(store: PlacedObject): JsonObject {
  return mapAt(specOf(store), 'configuration');
}

/** The bucket and folder that hold a folder for each server; undefined: the settings have none. */
function placeOfStore(configuration: JsonObject): string | undefined {
  const destination = textAt(configuration, 'destinationPath');
  if (destination === undefined) return undefined;
  const endpoint = textAt(configuration, 'endpointURL') ?? '';
  return JSON.stringify([endpoint, destination.replace(/\/$/, '')]);
}

export const cnpgBackup: Kind = cnpgKind('Backup');

export const scheduledBackup: Kind = {
  ...cnpgKind('ScheduledBackup'),
  fields: { shows: ['spec.backupOwnerReference', 'spec.pluginConfiguration.parameters.*'] },
  data: {
    backupPlan: object => {
      const { suspend, method, pluginConfiguration } = specOf(object);
      const name = textAt(specOf(object), 'cluster', 'name');
      if (name === undefined) return undefined;
      return {
        isStopped: suspend === true,
        path: suspend === true ? ['spec', 'suspend'] : ['spec', 'cluster', 'name'],
        scope: scopeOf('CNPG Cluster', `${object.namespace}/${name}`),
        target: JSON.stringify([method, pluginConfiguration]),
        schedule: textAt(specOf(object), 'schedule'),
      };
    },
  },
};

/** Where an object store is, and how it is written to: without the extra arguments of its programs. */
export function storeFields(place: string): string[] {
  return ['destinationPath', 'endpointURL', 'serverName', '*.compression', '*.encryption'].map(
    field => `${place}.${field}`,
  );
}
