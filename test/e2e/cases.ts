import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupOf, type KubeObject } from '../../generator/core/kube-object.ts';
import { buildGraph } from '../../generator/graph/graph.ts';
import { kindOf, placedObject } from '../../generator/kinds/kinds.ts';
import { objectsOf, root, yamlIn } from '../machine.ts';
import type { ManifestSet } from './sets.ts';

/** By rule or public case: an object of it, and words of what the component says. */
type Faults = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the cluster refuses, and what ESO never gets ready. */
export const faults: Readonly<
  Record<'refused' | 'neverReady' | 'publicRefused' | 'publicNeverReady', Faults>
> = yamlIn(import.meta.dirname, 'faults.yaml');

/** The manifests of a rule's own test, wrong or right, in a world of their own. */
export function ruleCase(rule: string, file: 'bad' | 'ok'): KubeObject[] {
  const text = readFileSync(join(root, 'test/lint/rules', rule, `${file}.yaml`), 'utf8');
  return apart(objectsOf(text), `${rule}-${file}`);
}

/**
 * Objects under other names where they would meet those of other cases: their namespaces, and what
 * belongs to the cluster. A name is changed wherever it stands as a whole, and inside a host.
 */
export function apart(objects: readonly KubeObject[], name: string): KubeObject[] {
  const names = new Set<string>();
  for (const object of objects) {
    const { metadata } = object;
    if (metadata.namespace !== undefined) names.add(metadata.namespace);
    if (kindOf(groupOf(object), object.kind)?.isOfCluster) names.add(metadata.name);
  }
  const own = (text: string): string => {
    if (names.has(text)) return `${text}-${name}`.slice(0, 63).replace(/-$/, '');
    return text.replaceAll(/(?<=\.)([-a-z0-9]+)(?=\.svc\b)/g, part =>
      names.has(part) ? own(part) : part,
    );
  };
  return objects.map(object => renamed(object, own) as KubeObject);
}

function renamed(value: unknown, own: (text: string) => string): unknown {
  if (typeof value === 'string') return own(value);
  if (Array.isArray(value)) return value.map(item => renamed(item, own));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, own)]));
}

/** A case as a set, for what has to be there before it. */
export function setOfCase(objects: readonly KubeObject[]): ManifestSet {
  const placed = objects.map(object => placedObject(object, 0, [], ''));
  return { name: 'case', objects, graph: buildGraph(placed), byHand: [] };
}
