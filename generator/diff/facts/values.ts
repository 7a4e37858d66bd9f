import { distance } from 'fastest-levenshtein';
import type { Path } from '../../core/finding.ts';
import { groupBy, isMap, type JsonObject, listAt, mapAt, valueAt } from '../../core/json.ts';
import { isUnresolved, type KubeObject } from '../../core/kube-object.ts';
import { type Token, templatePieces } from '../../core/template/tokens.ts';
import { objectIdentity } from '../../graph/graph.ts';
import {
  isServiceOutside,
  type ServiceHost,
  serviceHosts,
  serviceId,
  serviceMakers,
} from '../../graph/hosts.ts';
import { templateFiles, templates } from '../../graph/keys.ts';
import { type Maker, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { remoteOf } from '../../graph/stores.ts';
import {
  type DataEntry,
  type DataFromEntry,
  type ExternalSecret,
  partsOf,
} from '../../kinds/eso/external-secret-spec.ts';
import type { StoreRef } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { faultsOf, knownFaults } from '../../lint/check-graph.ts';
import type { Rule, RuleFault } from '../../lint/rule.ts';
import { lastingKey, partnersOf } from '../compare.ts';
import type { Change, Comparison } from '../field-changes.ts';
import { effectiveForm } from '../forms.ts';

/** A read of a Secret, by whatever reads it. */
interface SecretRead {
  readonly object: PlacedObject;
  readonly namespace: string;
  readonly secret: string;
}

/**
 * Tells the reads of an ExternalSecret that asked for the same entry on base and now look for it in
 * another namespace, because its store is another one or reads elsewhere: the rule store-changed.
 */
export function movedByStore({ base }: Comparison): (read: SecretRead) => boolean {
  return ({ object, namespace, secret }) => {
    const identity = objectIdentity(object);
    const isAsked = base.externalSecrets.some(
      ({ object: other, data, dataFrom }) =>
        objectIdentity(other) === identity &&
        (data.some(({ key }) => key === secret) ||
          dataFrom.some(({ extract }) => extract === secret)),
    );
    const isThere = base.readers.some(
      reader =>
        reader.secret === secret &&
        reader.namespace === namespace &&
        objectIdentity(reader.object) === identity,
    );
    return isAsked && !isThere;
  };
}

/** What a lint rule says of the environment's own objects on head, and did not say of them on base. */
export function newFaults(comparison: Comparison, rule: Rule): RuleFault[] {
  const { base, head, own } = comparison;
  const found = knownFaults(head, rule).filter(({ object }) => own.has(object));
  if (found.length === 0) return [];
  const partners = partnersOf(comparison);
  const keyOf = ({ object, message }: RuleFault): string => lastingKey(message, object, partners);
  const known = new Set(faultsOf(base, rule).map(keyOf));
  return found.filter(fault => !known.has(keyOf(fault)));
}

/** Whether all parts of an ExternalSecret's spec are read from the store of the whole. */
export function isOfOneStore(spec: JsonObject): boolean {
  return [...listAt(spec, 'data'), ...listAt(spec, 'dataFrom')].every(
    entry => !isMap(entry) || entry['sourceRef'] === undefined,
  );
}

/** The stores that the parts of an ExternalSecret's spec are read from, by part. */
export function storeRefs(spec: JsonObject, path: Path): Map<string, StoreRef> {
  const { storeRef, data, dataFrom } = partsOf(spec, path);
  const all = [
    ['spec', storeRef] as const,
    ...data.map(entry => [`data/${entry.secretKey}`, entry.storeRef] as const),
    ...dataFrom.map(
      ({ generator, storeRef: own }, index) =>
        [`dataFrom/${index}`, generator === undefined ? own : undefined] as const,
    ),
  ];
  return new Map(all.flatMap(([part, ref]) => (ref === undefined ? [] : [[part, ref]])));
}

/**
 * Whether a variable stands in the name or namespace of an object: what it is a form for is told by
 * those who fill it in, and nothing of that name is deleted.
 */
export function isTemplate({ namespace, name }: PlacedObject): boolean {
  return isUnresolved(namespace + name);
}

/** A host that head writes anew, and that surely no Service has. */
export interface UnknownHost {
  readonly host: ServiceHost;
  /** What is known of it: the host that stood there before, or one that is like it. */
  readonly hint: string;
}

/**
 * New hosts in namespaces whose Services are known, all of them, and of which none has that name. It may belong
 * to a Service that somebody installs: it is surely wrong where it takes the place of a host that
 * there is, where it is one of a CNPG Cluster and its namespace has others, and where a letter makes
 * it one that there is.
 */
export function unknownHosts(comparison: Comparison): UnknownHost[] {
  const { base, head, changes } = comparison;
  const [before, after] = [serviceMakers(base), serviceMakers(head)];
  if (after.size === 0 || head.outside.unknowns !== undefined) return [];
  const homes = new Set([...after.values()].map(({ namespace }) => namespace));
  const isUnknown = (host: ServiceHost): boolean =>
    !after.has(idOf(host)) &&
    !before.has(idOf(host)) &&
    host.form !== 'pod' &&
    homes.has(host.namespace) &&
    !isServiceOutside(head, host) &&
    !/^(kubernetes|localhost)$/.test(host.service);
  const sides = hostsOfChanges(comparison);
  const names = [...after.keys()];
  return changes.flatMap(change => {
    const { known, hosts } = sides(change);
    const written = new Set(known.map(idOf));
    const fresh = hosts
      .filter(host => isUnknown(host) && !written.has(idOf(host)))
      .filter(host => !isPod(host, hosts, after));
    return fresh.flatMap(host => {
      const hint =
        replacedBy(host, known, before) ?? cnpgService(host, names) ?? nearName(host, names);
      return hint === undefined ? [] : [{ host, hint }];
    });
  });
}

/** The hosts that a changed object names on head, and those that it named on base. */
interface HostsOfChange {
  readonly known: readonly ServiceHost[];
  readonly hosts: readonly ServiceHost[];
}

/** Goes through both graphs once, however many objects have changed. */
function hostsOfChanges({ base, head, changes }: Comparison): (change: Change) => HostsOfChange {
  const objects = changes.flatMap(change => (change.what === 'removed' ? [] : [change.head]));
  const olds = changes.flatMap(change => oldOf(change) ?? []);
  const after = groupBy(serviceHosts(head, new Set(objects)), ({ object }) => object);
  const before = groupBy(serviceHosts(base, new Set(olds)), ({ object }) => object);
  return change => {
    const old = oldOf(change);
    return {
      known: (old && before.get(old)) ?? [],
      hosts: change.what === 'removed' ? [] : (after.get(change.head) ?? []),
    };
  };
}

function oldOf(change: Change): PlacedObject | undefined {
  if (change.what === 'removed') return undefined;
  return change.what === 'changed' ? change.base : change.was;
}

function idOf({ namespace, service }: ServiceHost): string {
  return serviceId(namespace, service);
}

/** Whether `queue-0.queue` is a pod of the Service "queue", not a Service of a namespace. */
function isPod(
  { object, path, form }: ServiceHost,
  hosts: readonly ServiceHost[],
  services: ReadonlyMap<string, unknown>,
): boolean {
  return (
    form === 'dotted' &&
    hosts.some(
      host =>
        host.form === 'pod' &&
        host.object === object &&
        host.path.join('/') === path.join('/') &&
        services.has(idOf(host)),
    )
  );
}

/** The host with a Service that had the same setting on base. */
function replacedBy(
  { setting }: ServiceHost,
  known: readonly ServiceHost[],
  before: ReadonlyMap<string, unknown>,
): string | undefined {
  const old = known.find(host => host.setting === setting && before.has(idOf(host)));
  return old && `Until now it was ${old.service}.${old.namespace}.svc, a Service that there was.`;
}

const CNPG = /-(rw|ro|r)$/;

/** A host of a CNPG Cluster in a namespace that has such hosts. */
function cnpgService(
  { service, namespace, form }: ServiceHost,
  ids: readonly string[],
): string | undefined {
  const [end] = CNPG.exec(service) ?? [];
  if (end === undefined || form === 'short') return undefined;
  const other = ids.find(id => id.startsWith(`${namespace}/`) && id.endsWith(end));
  return other && `Is ${other.slice(namespace.length + 1)}.${namespace}.svc meant?`;
}

/** A Service of which one letter is another, missing or too many; numbers count things. */
function nearName(
  { service, namespace, form }: ServiceHost,
  ids: readonly string[],
): string | undefined {
  if (form === 'short' || service.length < 5) return undefined;
  const near = ids.find(id => {
    const [home, name = ''] = id.split('/');
    const isOne = home === namespace && distance(name, service) === 1;
    return isOne && name.replaceAll(/\d/g, '') !== service.replaceAll(/\d/g, '');
  });
  return near && `Is ${near.slice(namespace.length + 1)}.${namespace}.svc meant?`;
}

/**
 * Where the value of a key in a Secret comes from, as a text that is the same on both sides of a
 * diff as long as nothing about it changes. It may hold values, and is only to be compared.
 */
type ValueSource = (namespace: string, secret: string, key: string) => string;

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
    object.known?.secrets?.valueSource?.(sources.formOf(object), key) ?? [
      object.kind,
      object.name,
      secret,
      key,
    ]
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

/**
 * What a template makes of its sources: the same text for two templates that differ only in the
 * names of the fetched keys and in how they are asked for. One that only passes a key on is the
 * source of that key. A template that Go does not read stands for itself.
 */
function templateSource(template: string, sourceOf: (key: string) => string): string {
  const pieces = templatePieces(template);
  if (pieces.some(piece => 'fault' in piece)) return template;
  const parts = pieces.map(piece =>
    'action' in piece ? actionParts(piece.action, sourceOf) : 'text' in piece ? [piece.text] : [],
  );
  const [only] = parts;
  return parts.length === 1 && only?.length === 1 ? String(only[0]) : JSON.stringify(parts);
}

function actionParts(tokens: readonly Token[], sourceOf: (key: string) => string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const read = keyAt(tokens, at);
    parts.push(read === undefined ? wordOf(tokens[at]) : sourceOf(read.key));
    at += read?.length ?? 1;
  }
  return parts;
}

/** The key that is read here, and by how many tokens: `index . "k"`, `$.k` or `.k`. */
function keyAt(
  tokens: readonly Token[],
  at: number,
): { readonly key: string; readonly length: number } | undefined {
  const [first, second, third] = tokens.slice(at, at + 3);
  const isIndex = first?.kind === 'word' && first.text === 'index' && isData(second);
  if (isIndex && third?.kind === 'text') return { key: third.text, length: 3 };
  if (first?.text === '$' && second?.kind === 'field' && second.isJoined)
    return { key: second.text, length: 2 };
  return first?.kind === 'field' && !first.isJoined ? { key: first.text, length: 1 } : undefined;
}

function isData(token: Token | undefined): boolean {
  return token?.kind === 'dot' || token?.text === '$';
}

function wordOf(token: Token | undefined): string {
  return token === undefined ? '' : `${token.kind} ${token.text}`;
}
