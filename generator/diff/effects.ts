import { groupBy, sortBy } from '../core/json.ts';
import { type SecretGraph, secretId } from '../graph/secret-graph.ts';
import { type FlowOptions, type FlowSecret, type FlowSource, flowOf } from '../report/flow.ts';
import { oneLine } from '../report/text.ts';
import { type Comparison, environmentOf } from './field-changes.ts';
import { type ChangeGroup, onceForAll, type Review, type SecretEffect } from './review.ts';
import { toldEnvironments } from './shown-changes.ts';
import { touchedSecrets } from './touched.ts';
import { inWords, objectText } from './unread.ts';

/** A review in which units go by short names. */
export interface ShortReview {
  readonly review: Review;
  /** The folder that all of them are below, with a slash at its end; empty where none is worth a word. */
  readonly below: string;
}

/** A folder of so many characters is worth leaving out. */
const LONG = 8;

/**
 * The names of units without the folders that all of them are below, which are said once. What nothing
 * changes in is not named, and does not count.
 */
export function withShortNames(review: Review): ShortReview {
  const below = commonFolder(namesIn(review));
  if (below === '') return { review, below };
  const short = (name: string): string =>
    name.startsWith(below) ? name.slice(below.length) : name;
  const within = <T extends { readonly environments: readonly string[] }>(entry: T): T => ({
    ...entry,
    environments: entry.environments.map(short),
  });
  const at = <T extends { readonly environment: string }>(entry: T): T => ({
    ...entry,
    environment: short(entry.environment),
  });
  return {
    below,
    review: {
      ...review,
      environments: review.environments.map(one => ({ ...one, name: short(one.name) })),
      risks: review.risks.map(within),
      findings: review.findings.map(within),
      secrets: review.secrets.map(within),
      broken: review.broken.map(at),
      awsCalls: review.awsCalls.map(at),
      changes: review.changes.map(group => ({
        ...group,
        objects: group.objects.map(object => ({
          ...object,
          environment: short(object.environment),
          ...(object.movedFrom !== undefined && { movedFrom: short(object.movedFrom) }),
        })),
      })),
    },
  };
}

function namesIn(review: Review): Set<string> {
  const { risks, findings, secrets, changes, broken, awsCalls } = review;
  const names = [
    ...toldEnvironments(review).told.map(({ name }) => name),
    ...[...risks, ...findings, ...secrets].flatMap(({ environments }) => environments),
    ...[...broken, ...awsCalls].map(({ environment }) => environment),
    ...changes.flatMap(({ objects }) =>
      objects.flatMap(({ environment, movedFrom = '' }) => [environment, movedFrom]),
    ),
  ];
  return new Set(names.filter(name => name !== ''));
}

/** What applies a unit stands behind its folder: `apps/shop (Kustomization flux-system/shop)`. */
function commonFolder(names: ReadonlySet<string>): string {
  const [first = [], ...others] = [...names].map(name => name.replace(/ \(.*$/, '').split('/'));
  const most = Math.min(...[first, ...others].map(steps => steps.length - 1));
  let count = 0;
  while (count < most && others.every(steps => steps[count] === first[count])) count += 1;
  const folder = count === 0 ? '' : `${first.slice(0, count).join('/')}/`;
  return names.size < 2 || folder.length < LONG ? '' : folder;
}

/** Changes that are told together: one, or many objects of a kind that come or go alike. */
export interface Bundle {
  readonly what: ChangeGroup['what'];
  readonly groups: readonly [ChangeGroup, ...ChangeGroup[]];
}

/** So many objects of one kind are told one by one. */
const FEW = 3;

/**
 * Changes as they are told, each where the first of its kind stands: what comes or goes of one kind in
 * the same units, and with the same outcome, is one entry. `isAlone`: it is told by itself anyhow.
 */
export function bundlesOf(
  changes: readonly ChangeGroup[],
  isAlone: (group: ChangeGroup) => boolean = () => false,
): Bundle[] {
  const bundles = new Map<unknown, [ChangeGroup, ...ChangeGroup[]]>();
  for (const group of changes) {
    const key = isAlone(group) ? group : (alikeKey(group) ?? group);
    const known = bundles.get(key);
    if (known === undefined) bundles.set(key, [group]);
    else known.push(group);
  }
  return [...bundles.values()].flatMap(groups =>
    groups.length > FEW
      ? [{ what: groups[0].what, groups }]
      : groups.map((group): Bundle => ({ what: group.what, groups: [group] })),
  );
}

function alikeKey({ what, objects }: ChangeGroup): string | undefined {
  if (what === 'changed' || objects.some(({ pair }) => pair !== undefined)) return undefined;
  const shared = objects.map(({ kind, environment, outcome }) => [kind, environment, outcome]);
  return JSON.stringify([what, shared]);
}

/** `12 ConfigMaps`. */
export function bundleTitle({ groups }: Bundle): string {
  return `${groups.length} ${plural(oneLine(groups[0].objects[0]?.kind ?? ''))}`;
}

/** The names of the objects, each once: `shop/settings`. */
export function bundleNames({ groups }: Bundle): string[] {
  return groups.map(({ objects: [first] }) =>
    oneLine(
      first?.namespace === undefined ? (first?.name ?? '') : `${first.namespace}/${first.name}`,
    ),
  );
}

/** What is the same of all of them. */
export function bundleFacts({ groups: [{ objects }] }: Bundle): {
  readonly environments: readonly string[];
  readonly outcome?: string;
} {
  const outcome = objects[0]?.outcome;
  return {
    environments: objects.map(({ environment }) => environment),
    ...(outcome !== undefined && { outcome }),
  };
}

/** The two units that several objects move between, as they are; undefined: it is no such change. */
export function moveOf({
  objects,
  fields,
}: ChangeGroup): { readonly from: string; readonly to: string } | undefined {
  const [first] = objects;
  if (first?.movedFrom === undefined || fields.length > 0 || objects.length < 2) return undefined;
  return { from: first.movedFrom, to: first.environment };
}

/** `NetworkPolicies`, `Ingresses`. */
function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}

/** What becomes of a Secret, and how that looks: the worst first. */
export function fateOf(effect: SecretEffect): {
  readonly text: string;
  readonly tone: 'added' | 'removed' | 'changed' | 'block';
} {
  const { base, head, isSourceChanged } = effect;
  if (head === undefined) return { text: 'gone', tone: 'removed' };
  if (head.state === 'missing') return { text: 'nothing makes it, and it is read', tone: 'block' };
  if (head.missingKeys.length > 0) return { text: 'lacks a key that is read', tone: 'block' };
  if (base === undefined) return { text: 'new', tone: 'added' };
  return { text: isSourceChanged ? 'its values may change' : partsText(effect), tone: 'changed' };
}

function partsText(effect: SecretEffect): string {
  const parts = changedParts(effect);
  if (parts.length === 0) return 'it is made otherwise';
  const text = inWords(parts);
  return `its ${text} ${text === 'refresh' ? 'changes' : 'change'}`;
}

/** A store, or a generator, and what of it comes and goes. */
interface SourceChange {
  readonly source: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Where the values of a Secret come from that they did not before, and the other way round. */
export function sourceChanges({ base, head }: SecretEffect): SourceChange[] {
  if (head === undefined) return [];
  const [before, after] = [sourcesOf(base), sourcesOf(head)];
  return [...new Map([...before, ...after])].flatMap(([name, [source]]) => {
    const [was, is] = [remoteKeysOf(before.get(name)), remoteKeysOf(after.get(name))];
    const added = notIn(was, is);
    const removed = notIn(is, was);
    if (source === undefined || added.length + removed.length === 0) return [];
    return [{ source: objectText(source), added, removed }];
  });
}

function remoteKeysOf(sources: readonly FlowSource[] = []): string[] {
  return sources.flatMap(({ remoteKeys }) => remoteKeys);
}

function notIn(known: readonly string[], keys: readonly string[]): string[] {
  const all = new Set(known);
  return keys.filter(key => !all.has(key));
}

/** Several makers may fetch from one store. */
function sourcesOf(secret: FlowSecret | undefined): Map<string, FlowSource[]> {
  const all = (secret?.makers ?? []).flatMap(({ sources }) => sources);
  return groupBy(all, ({ kind, namespace = '', name }) => `${kind}/${namespace}/${name}`);
}

/** When it is fetched, where that changes: `1h0m0s → 30m0s`. */
export function refreshChange({ base, head }: SecretEffect): string | undefined {
  if (base === undefined || head === undefined) return undefined;
  const [was, is] = [base, head].map(({ makers }) =>
    makers.flatMap(({ refresh = [] }) => refresh).join(', '),
  );
  return was === is || was === '' || is === '' ? undefined : `${was} → ${is}`;
}

/** What of a Secret is not as it was, apart from its values: `keys and readers`. */
function changedParts(effect: SecretEffect): readonly string[] {
  const { base, head, addedKeys, removedKeys } = effect;
  const readers = [base, head].map(secret => JSON.stringify(secret?.readers));
  return [
    ...(addedKeys.length + removedKeys.length > 0 || base?.isOpen !== head?.isOpen ? ['keys'] : []),
    ...(refreshChange(effect) === undefined ? [] : ['refresh']),
    ...(readers[0] === readers[1] ? [] : ['readers']),
  ];
}

/** Every Secret that a change reaches; the same in several environments once. */
export function secretEffects(comparisons: readonly Comparison[]): SecretEffect[] {
  const all = comparisons.flatMap(comparison => effectsOf(comparison));
  return onceForAll(
    sortBy(all, ({ environments }) => environments.join()),
    keyOf,
  );
}

function keyOf({ environments: _, ...effect }: SecretEffect): string {
  return JSON.stringify(effect, (key, value) => (key === 'namespace' ? undefined : value));
}

function effectsOf(comparison: Comparison): SecretEffect[] {
  const { all, values } = touchedSecrets(comparison);
  const [before, after] = flowsOf(comparison, all);
  return [...all].sort().flatMap(id => {
    const [base, head] = [before.get(id), after.get(id)];
    if (base === undefined && head === undefined) return [];
    const isOther = values.has(id) || JSON.stringify(base) !== JSON.stringify(head);
    if (!isOther) return [];
    const environments = [environmentOfSecret(comparison, id)];
    return [{ ...effectOf(base, head, values.has(id)), environments }];
  });
}

/** The environment that a Secret is made in, or else read in. */
function environmentOfSecret(comparison: Comparison, id: string): string {
  const { name, own, head, base } = comparison;
  for (const { secrets, readers } of [head, base]) {
    const first =
      secrets.get(id)?.makers.find(({ object }) => own.has(object)) ??
      readers.find(
        ({ object, namespace, secret }) => own.has(object) && secretId(namespace, secret) === id,
      );
    if (first !== undefined) return environmentOf(comparison, first.object);
  }
  return name;
}

type Flows = ReadonlyMap<string, FlowSecret>;

/** The Secrets that own objects make or read on either side, as both have them: of one that goes, others may stay. */
function flowsOf(
  { base, head, own }: Comparison,
  wanted: ReadonlySet<string>,
): readonly [Flows, Flows] {
  const before = flowsById(base, { own, wanted });
  const after = flowsById(head, { own, wanted });
  const onlyIn = (some: Flows, others: Flows): ReadonlySet<string> =>
    new Set([...some.keys()].filter(id => !others.has(id)));
  const more = {
    before: flowsById(base, { wanted: onlyIn(after, before) }),
    after: flowsById(head, { wanted: onlyIn(before, after) }),
  };
  return [new Map([...before, ...more.before]), new Map([...after, ...more.after])];
}

function flowsById(graph: SecretGraph, options: FlowOptions): Flows {
  const { secrets } = flowOf(graph, options);
  return new Map(secrets.map(secret => [secretId(secret.namespace, secret.name), secret]));
}

function effectOf(
  base: FlowSecret | undefined,
  head: FlowSecret | undefined,
  isSourceChanged: boolean,
): Omit<SecretEffect, 'environments'> {
  const [before, after] = [base?.keys ?? [], head?.keys ?? []];
  return {
    ...(base !== undefined && { base }),
    ...(head !== undefined && { head }),
    addedKeys: after.filter(key => !before.includes(key)),
    removedKeys: before.filter(key => !after.includes(key)),
    isSourceChanged,
  };
}
