import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { buildGraph } from '../../generator/graph/graph.ts';
import type { SecretGraph } from '../../generator/graph/secret-graph.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { mergeEnvironment } from '../../generator/spec/merge.ts';
import { parseSpec } from '../../generator/spec/parse.ts';
import type { Spec } from '../../generator/spec/spec.ts';
import { nothingOutside } from '../../generator/world/object-set.ts';
import { kustomizeBuild, root } from '../machine.ts';
import { expandText } from '../spec-text.ts';
import { given } from './given.ts';

/** What is applied to the cluster as one, and what the graph says of it. */
export interface ManifestSet {
  readonly name: string;
  readonly objects: readonly KubeObject[];
  readonly graph: SecretGraph;
  /** Secrets that the spec expects of somebody else: the test makes them, by namespace and name. */
  readonly byHand: readonly HandMade[];
}

export interface HandMade {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/** The clusters of the repository's own spec, and what is applied to each. */
export const clusters = {
  'rem-shared': ['dev', 'staging', 'shared'],
  'rem-prod': ['prod'],
} as const;

/** A cluster's overlays as they build, components included. */
export function cluster(name: keyof typeof clusters): ManifestSet {
  const text = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const built = clusters[name].flatMap(target => kustomizeBuild(join(root, 'overlays', target)));
  return setOf(name, text, clusters[name], built);
}

/** The golden specs that are applied, and the units of each. */
export const goldens: Readonly<Record<string, readonly string[]>> = {
  'config-maps': ['dev'],
  'connection-url': ['dev'],
  'declared-secrets': ['dev'],
  'extra-databases': ['dev'],
  extract: ['dev'],
  'find-in-namespace': ['dev'],
  'find-rewrite': ['dev'],
  'generated-once': ['dev'],
  'irsa-store': ['staging'],
  'managed-roles': ['dev'],
  'merge-into-cnpg-secret': ['dev'],
  'overlay-env': ['dev'],
  'own-named-login': ['dev'],
  'owner-secret': ['dev'],
  'raw-template': ['dev'],
  'remote-keys': ['dev'],
  'remote-namespace': ['dev', 'platform'],
  'secrets-manager': ['dev'],
  'shared-cluster': ['dev', 'shared', 'staging'],
  superuser: ['dev'],
  'url-of-any-secret': ['dev'],
  'workload-kinds': ['dev'],
  'workload-words': ['dev'],
};

/** Golden specs of Clusters for which nothing is there, such as backups: the API server and the webhooks judge them. */
export const judged: Readonly<Record<string, readonly string[]>> = {
  'cluster-fields': ['dev'],
  'external-clusters': ['dev'],
  'initdb-sql': ['dev'],
  recovery: ['prod'],
};

/** A golden spec in a namespace, and with stores, of its own: all are in the cluster at once. */
export function golden(name: string): ManifestSet {
  const text = ofItsOwn(
    readFileSync(join(root, 'test/golden', name, 'rem-secrets.yaml'), 'utf8'),
    name,
  );
  const targets = goldens[name] ?? judged[name] ?? [];
  const { value, faults } = expandText(text);
  if (value === undefined) throw new Error(`${name}: ${faults.map(({ message }) => message)}`);
  const objects = value.units
    .filter(unit => targets.includes(unit.name))
    .flatMap(unit => unit.objects.map(({ object }) => object));
  return setOf(name, text, targets, objects);
}

interface Places {
  namespace?: string;
  stores?: Record<string, unknown>;
  secrets?: Record<string, { store?: string } | null>;
  environments?: Record<string, Places | null>;
}

function ofItsOwn(text: string, name: string): string {
  const document = parse(text) as { spec: Places };
  const places = [document.spec, ...Object.values(document.spec.environments ?? {})];
  for (const place of places) if (place !== null) rename(place, name);
  return stringify(document, { compat: 'yaml-1.1' });
}

function rename(place: Places, name: string): void {
  const { namespace, stores, secrets = {} } = place;
  if (namespace !== undefined) place.namespace = namespace.replace(/^shop/, name);
  if (stores !== undefined) {
    const renamed = Object.entries(stores).map(([store, value]) => [`${name}-${store}`, value]);
    place.stores = Object.fromEntries(renamed);
  }
  for (const secret of Object.values(secrets)) {
    if (secret?.store !== undefined) secret.store = `${name}-${secret.store}`;
  }
}

/** All sets that are in the cluster together. */
export function together(): ManifestSet[] {
  return [cluster('rem-shared'), ...Object.keys(goldens).map(golden)];
}

function setOf(
  name: string,
  text: string,
  targets: readonly string[],
  objects: readonly KubeObject[],
): ManifestSet {
  const { value } = parseSpec(text);
  if (value === undefined) throw new Error(`${name}: the spec has faults`);
  const places = targets.filter(target => target in (value.spec.environments ?? {}));
  const declared = places.flatMap(target => declaredIn(mergeEnvironment(value, target)));
  const { secrets = [] } = given[name] ?? {};
  const outside = [...declared, ...secrets];
  const known = new Map(outside.map(secret => [`${secret.namespace}/${secret.name}`, secret.keys]));
  const placed = objects.map(object => placedObject(object, 0, [], ''));
  const graph = buildGraph(placed, { ...nothingOutside, secrets: known });
  const byHand = outside.filter(secret => !graph.secrets.has(`${secret.namespace}/${secret.name}`));
  return { name, objects, graph, byHand };
}

function declaredIn({ namespace = '', secrets = {} }: Spec): HandMade[] {
  return Object.entries(secrets).flatMap(([name, { manual, external }]) => {
    const keys = manual ?? external;
    if (keys === undefined) return [];
    return [{ namespace, name, keys: typeof keys === 'boolean' ? ['made-up'] : keys }];
  });
}
