import { type Maker, type SecretGraph, secretId } from '../../../graph/secret-graph.ts';
import { remoteOf } from '../../../graph/stores.ts';
import { templateFiles, templates } from '../../../graph/templates.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { listAt, mapAt, valueAt } from '../../../ground/json.ts';
import type { KubeObject } from '../../../ground/kube-object.ts';
import type {
  DataEntry,
  DataFromEntry,
  ExternalSecret,
} from '../../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { effectiveForm } from '../../changes/effective-form.ts';
import { templateSource } from './template-source.ts';

/**
 * Where the value of a key in a Secret comes from, as a text that is the same on both sides of a
 * diff as long as nothing about it changes. It may hold values, and is only to be compared.
 */
export type ValueSource = (namespace: string, secret: string, key: string) => string;

interface Sources {
  readonly graph: SecretGraph;
  readonly sourceOf: ValueSource;
  readonly formOf: (object: PlacedObject) => KubeObject;
  readonly externalOf: (object: PlacedObject) => readonly ExternalSecret[];
}

/** The sources in a graph. Stores are left out: that one changes is a risk of its own. */
export function valueSources(graph: SecretGraph): ValueSource {
  const known = new Map<string, string>();
  const forms = new Map<PlacedObject, KubeObject>();
  const formOf = (object: PlacedObject): KubeObject => {
    const form = forms.get(object) ?? effectiveForm(object.json);
    forms.set(object, form);
    return form;
  };
  const sourceOf: ValueSource = (namespace, secret, key) => {
    const id = JSON.stringify([namespace, secret, key]);
    const found = known.get(id);
    if (found !== undefined) return found;
    known.set(id, 'a circle');
    const makers = graph.secrets.get(secretId(namespace, secret))?.makers ?? [];
    const giving = makers.filter(({ keys, isOpen }) => isOpen || keys.has(key));
    const source = JSON.stringify(giving.map(maker => ofMaker(sources, maker, key)));
    known.set(id, source);
    return source;
  };
  const byObject = groupBy(graph.externalSecrets, ({ object }) => object);
  const sources: Sources = {
    graph,
    sourceOf,
    formOf,
    externalOf: object => byObject.get(object) ?? [],
  };
  return sourceOf;
}

function ofMaker(sources: Sources, maker: Maker, key: string): unknown {
  const { object, namespace, secret } = maker;
  const external = sources
    .externalOf(object)
    .find(other => other.namespace === namespace && other.target === secret);
  if (external !== undefined) return ofExternalSecret(sources, external, key);
  return (
    object.known?.sourceOf?.(sources.formOf(object), key) ?? [object.kind, object.name, secret, key]
  );
}

function ofExternalSecret(sources: Sources, secret: ExternalSecret, key: string): unknown {
  const template = mapAt(secret.spec, 'target', 'template');
  const own = mapAt(template, 'data')[key];
  const fetched = (name: string): string => ofFetched(sources, secret, name);
  if (typeof own === 'string') return templateSource(own, fetched);
  const from = listAt(template, 'templateFrom');
  return from.length === 0 ? fetched(key) : [from, ofFiles(sources, secret, key), fetched(key)];
}

/** The template of that key; where the keys are in the templates, all of them. */
function ofFiles(sources: Sources, secret: ExternalSecret, key: string): string[] {
  const files = templateFiles(secret);
  const named = files.filter(file => file.key === key);
  const paths = new Set((named.length > 0 ? named : files).map(({ path }) => path.join('/')));
  return templates({ ...sources.graph, externalSecrets: [secret] })
    .filter(({ path }) => named.length === 0 || paths.has(path.join('/')))
    .map(({ text }) => templateSource(text, name => ofFetched(sources, secret, name)));
}

/** An entry of data goes before those of dataFrom, whose keys are not in the manifest. */
function ofFetched(sources: Sources, secret: ExternalSecret, key: string): string {
  const form = sources.formOf(secret.object);
  const entry = secret.data.findLast(({ secretKey }) => secretKey === key);
  if (entry === undefined) {
    const all = secret.dataFrom.map(from => [
      valueAt(form, from.path),
      ofCopied(sources, secret, from, key),
    ]);
    return ofExtracted(sources, secret, key) ?? JSON.stringify(all);
  }
  const { key: name, property, ...how } = mapAt(valueAt(form, entry.path), 'remoteRef');
  const source = ofCopied(sources, secret, entry, entry.property) ?? [name, property];
  return JSON.stringify([source, how]);
}

/**
 * A key of the one entry that is fetched whole is the property of that name. A dot in a property
 * leads further down, so that a key with one is another thing.
 */
function ofExtracted(sources: Sources, secret: ExternalSecret, key: string): string | undefined {
  const [from, ...others] = secret.dataFrom;
  if (from === undefined || others.length > 0 || !/^[\w-]+$/.test(key)) return undefined;
  const { extract, rewrite } = mapAt(valueAt(sources.formOf(secret.object), from.path));
  const { key: name, property, ...how } = mapAt(extract);
  if (name === undefined || property !== undefined || rewrite !== undefined) return undefined;
  return JSON.stringify([ofCopied(sources, secret, from, key) ?? [name, key], how]);
}

/** The source of a key that is copied from a Secret of this cluster. */
function ofCopied(
  { graph: { find, secrets }, sourceOf }: Sources,
  { namespace }: ExternalSecret,
  entry: DataEntry | DataFromEntry,
  key: string | undefined,
): string | undefined {
  const name = 'key' in entry ? entry.key : entry.extract;
  const home = remoteOf(find, entry.storeRef, namespace);
  if (name === undefined || home === undefined || key === undefined) return undefined;
  return secrets.has(secretId(home, name)) ? sourceOf(home, name, key) : undefined;
}
