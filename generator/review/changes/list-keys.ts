import { isMap, type Json, type JsonObject } from '../../ground/json.ts';

/** How the entries of a list are told apart. */
interface ListKey {
  /** The name of an entry; undefined when it has none. */
  readonly nameOf: (entry: JsonObject) => string | undefined;
}

const byField =
  (...fields: readonly string[]): ListKey['nameOf'] =>
  entry => {
    let name: string | undefined;
    for (const field of fields) {
      const value = entry[field];
      if (typeof value === 'string' || typeof value === 'number')
        name = name === undefined ? String(value) : `${name}/${value}`;
    }
    return name;
  };

const byName = byField('name');

/** `configMapRef/settings`: an entry of envFrom names one thing. */
function sourceName(entry: JsonObject): string | undefined {
  const [kind, ref] = Object.entries(entry).find(([, value]) => isMap(value)) ?? [];
  return kind === undefined || !isMap(ref) ? undefined : `${kind}/${ref['name']}`;
}

/** TCP is the default protocol. */
function portName(entry: JsonObject): string | undefined {
  const port = entry['containerPort'] ?? entry['port'];
  return port === undefined ? undefined : `${port}/${entry['protocol'] ?? 'TCP'}`;
}

function metadataName({ metadata }: JsonObject): string | undefined {
  return isMap(metadata ?? null) ? byName(metadata as JsonObject) : undefined;
}

/**
 * What names an entry, by the list's field. The CRDs say nothing about it
 * (docs/facts/review.md#lists).
 */
const KEYS: Readonly<Record<string, ListKey['nameOf']>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  envFrom: sourceName,
  volumes: byName,
  volumeMounts: byField('mountPath'),
  volumeClaimTemplates: metadataName,
  imagePullSecrets: byName,
  ports: portName,
  items: byField('key', 'path'),
  data: byField('secretKey'),
  roles: byName,
  externalClusters: byName,
  tablespaces: byName,
  plugins: byName,
  subjects: byField('kind', 'namespace', 'name'),
  secretStoreRefs: byField('kind', 'name'),
  topologySpreadConstraints: byField('topologyKey', 'whenUnsatisfiable'),
  hostAliases: byField('ip'),
};

/** Lists whose order means something (docs/facts/review.md#lists); of all others it is noise. */
const ORDERED = new Set([
  'args',
  'command',
  'env',
  'envFrom',
  'dataFrom',
  'initContainers',
  'pg_hba',
  'pg_ident',
  'templateFrom',
  'rewrite',
  'postInitSQL',
  'postInitApplicationSQL',
  'postInitTemplateSQL',
]);

/** Whether the order of a list's entries means something. */
export function isOrdered(field: string): boolean {
  return ORDERED.has(field);
}

/** The entries by name, or undefined where one has no name or two share one. */
export function entriesByName(
  field: string,
  list: readonly Json[],
): Map<string, number> | undefined {
  const nameOf = Object.hasOwn(KEYS, field) ? KEYS[field] : undefined;
  if (nameOf === undefined) return undefined;
  const names = new Map<string, number>();
  for (const [index, entry] of list.entries()) {
    const name = isMap(entry) ? nameOf(entry) : undefined;
    if (name === undefined || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}
