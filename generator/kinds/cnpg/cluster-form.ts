import { type JsonObject, mapAt, textAt } from '../../ground/json.ts';

/** A CNPG Cluster as the operator's webhook completes it. */
export function clusterForm(object: JsonObject): JsonObject {
  const spec = mapAt(object, 'spec');
  return {
    ...object,
    spec: {
      ...spec,
      bootstrap: filledBootstrap(mapAt(spec, 'bootstrap')),
      affinity: filledAffinity(mapAt(spec, 'affinity')),
    },
  };
}

/**
 * The bootstrap of a CNPG Cluster as the operator's webhook completes it: initdb where no method
 * is given, a database `app`, an owner named after the database (CNPG 1.30.0,
 * api/v1/cluster_defaults.go).
 */
function filledBootstrap(bootstrap: JsonObject): JsonObject {
  for (const method of ['recovery', 'pg_basebackup'])
    if (Object.hasOwn(bootstrap, method) && bootstrap[method] !== null)
      return { ...bootstrap, [method]: withDatabase(mapAt(bootstrap, method)) };
  return { ...bootstrap, initdb: filledInitdb(mapAt(bootstrap, 'initdb')) };
}

/** A monolith import brings databases and owners of its own. */
function filledInitdb(initdb: JsonObject): JsonObject {
  const isMonolith = textAt(initdb, 'import', 'type') === 'monolith';
  return {
    encoding: 'UTF8',
    localeCollate: 'C',
    localeCType: 'C',
    ...(isMonolith && !textAt(initdb, 'database') ? initdb : withDatabase(initdb)),
  };
}

function withDatabase(options: JsonObject): JsonObject {
  const database = textAt(options, 'database') || 'app';
  return { ...options, database, owner: textAt(options, 'owner') || database };
}

/** The instances are kept apart where that is possible, unless a Cluster says otherwise (ibid.). */
function filledAffinity(affinity: JsonObject): JsonObject {
  const isApart = affinity['enablePodAntiAffinity'] !== false;
  return isApart ? { podAntiAffinityType: 'preferred', ...affinity } : affinity;
}
