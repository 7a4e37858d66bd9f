import { groupOf } from '../../generator/core/kube-object.ts';
import { find, type Live, list, refTo } from './cluster.ts';
import { namespacesOf } from './deploy.ts';
import type { Observed } from './observed.ts';
import type { ManifestSet } from './sets.ts';

async function everyOf(set: ManifestSet, kind: string): Promise<Live[]> {
  const lists = await Promise.all(
    namespacesOf(set).map(namespace => list({ apiVersion: 'v1', kind, namespace })),
  );
  return lists.flat();
}

/** The Secrets in the namespaces of a set. */
export async function secretsOf(set: ManifestSet): Promise<Observed['secrets']> {
  const live = await everyOf(set, 'Secret');
  return byName(live, ({ type, data, immutable }) => ({
    type: String(type),
    keys: Object.keys((data ?? {}) as object).sort(),
    ...(immutable === true && { immutable }),
  }));
}

/** The Services that an operator has made there. */
async function servicesOf(set: ManifestSet): Promise<Observed['services']> {
  const live = await everyOf(set, 'Service');
  const owned = live.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind }) => kind === 'Cluster'),
  );
  return byName(owned, ({ spec }) => {
    const { selector, ports } = spec as {
      readonly selector: Readonly<Record<string, string>>;
      readonly ports: readonly { readonly port: number }[];
    };
    return { selector, ports: ports.map(({ port }) => port) };
  });
}

function byName<T>(live: readonly Live[], of: (object: Live) => T): Record<string, T> {
  const named = live.map(
    object => [`${object.metadata.namespace}/${object.metadata.name}`, of(object)] as const,
  );
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function observe(set: ManifestSet): Promise<Observed> {
  return { secrets: await secretsOf(set), services: await servicesOf(set) };
}

/** The kinds whose additions are worth knowing: those of operators. */
const OPERATORS = /(^|\.)(external-secrets\.io|cnpg\.io|opentelemetry\.io)$/;

/** The fields that webhooks and defaulting have added to what was sent, by kind and path. */
export async function additions(sets: readonly ManifestSet[]): Promise<object> {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const sent of sets.flatMap(({ objects }) => objects)) {
    if (!OPERATORS.test(groupOf(sent))) continue;
    const live = await find(refTo(sent));
    if (live === undefined) continue;
    const fields = found.get(sent.kind) ?? new Map<string, Set<string>>();
    found.set(sent.kind, fields);
    addTo(fields, sent['spec'], live['spec'], 'spec');
  }
  return Object.fromEntries(
    [...found].map(([kind, fields]) => [
      kind,
      Object.fromEntries([...fields].map(([path, values]) => [path, [...values].sort()])),
    ]),
  );
}

/** Differences, by path: list items have no number, so that all of a list are one. */
function addTo(fields: Map<string, Set<string>>, sent: unknown, live: unknown, path: string): void {
  if (JSON.stringify(sent) === JSON.stringify(live)) return;
  if (Array.isArray(sent) && Array.isArray(live) && sent.length === live.length) {
    live.forEach((item, index) => {
      addTo(fields, sent[index], item, `${path}[]`);
    });
  } else if (isMap(live) && (isMap(sent) || sent === undefined)) {
    for (const key of Object.keys(live)) addTo(fields, sent?.[key], live[key], `${path}.${key}`);
    if (Object.keys(live).length === 0) note(fields, path, '{}');
  } else note(fields, path, JSON.stringify(live));
}

function note(fields: Map<string, Set<string>>, path: string, value: string): void {
  fields.set(path, (fields.get(path) ?? new Set()).add(value));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
