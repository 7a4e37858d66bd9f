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
import { kustomizeBuild, root, yamlIn } from '../machine.ts';
import { expandText } from '../spec-text.ts';
import type { Place } from './moto.ts';

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

/** What a set takes for given and its manifests do not tell. */
interface Given {
  readonly objects?: readonly KubeObject[];
  readonly secrets?: readonly HandMade[];
  readonly values?: readonly (Place & { readonly tags?: Readonly<Record<string, string>> })[];
}

type BySet<T> = Readonly<Record<string, T>>;

interface Known {
  readonly goldens: BySet<readonly string[]>;
  readonly judged: BySet<readonly string[]>;
  readonly given: BySet<Given>;
  readonly limits: BySet<readonly string[]>;
}

/** Which golden specs are applied, which are only judged, and what is known of each. */
export const known: Known = yamlIn(import.meta.dirname, 'sets.yaml');

/** A golden spec in a namespace, and with stores, of its own: all are in the cluster at once. */
export function golden(name: string): ManifestSet {
  const text = ofItsOwn(
    readFileSync(join(root, 'test/golden', name, 'rem-secrets.yaml'), 'utf8'),
    name,
  );
  const targets = known.goldens[name] ?? known.judged[name] ?? [];
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
  return [cluster('rem-shared'), ...Object.keys(known.goldens).map(golden)];
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
  const { secrets = [] } = known.given[name] ?? {};
  const outside = [...declared, ...secrets];
  const keysBySecret = new Map(
    outside.map(secret => [`${secret.namespace}/${secret.name}`, secret.keys]),
  );
  const placed = objects.map(object => placedObject(object, 0, [], ''));
  const graph = buildGraph(placed, { ...nothingOutside, secrets: keysBySecret });
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
