import type { Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { groupBy, isSame, mapAt, scalarText, sortBy, textAt, valueAt } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { onceFor, oncePer } from '../core/once.ts';
import { HIDDEN, lineCount, maskMessage } from '../core/shown.ts';
import { serviceMakers } from '../graph/hosts.ts';
import { type SecretGraph, type SecretNode, secretId } from '../graph/secret-graph.ts';
import { storeOf } from '../kinds/eso/stores.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import { flowOf } from '../report/flow.ts';
import { type IsAllowed, type Showing, shownAt } from '../report/shown.ts';
import { someOf } from '../report/text.ts';
import { renderValue } from '../yaml/write.ts';
import { deletionOf } from './appliers.ts';
import type { Change, Changed, Diff } from './diff.ts';
import { addedOf, changeOf, environmentOf, formerOf, objectOfChange, objectsOf } from './diff.ts';
import { type FieldChange, fieldPath } from './field-changes.ts';
import { lineDiff } from './formats/line-diff.ts';
import type { ChangeGroup, SecretEffect, ShownField } from './review.ts';
import { onceForAll, type VersionChange } from './review.ts';

/** Changes in the order of their first object. The same change of several objects comes once. */
export function changeGroups(diffs: readonly Diff[], isAllowed: IsAllowed): ChangeGroup[] {
  const all = diffs.flatMap(diff => {
    const showing = { isKnown: isNameIn(diff), isAllowed };
    const replaced = new Set(addedOf(diff).map(({ was }) => was));
    const changes = diff.changes.filter(
      change => change.what !== 'removed' || !replaced.has(change.base),
    );
    return changes.map(change => shownChange(diff, change, showing));
  });
  return [...groupBy(all, ({ key }) => key).values()].map(group => {
    const [{ what, fields, manifests }] = group;
    return { what, objects: group.map(({ object }) => object), fields, manifests };
  });
}

function shownChange(diff: Diff, change: Change, showing: Showing) {
  const before = change.what === 'removed' ? change.base : formerOf(change);
  const isReplaced = change.what === 'added' && before !== undefined;
  const what: ChangeGroup['what'] = isReplaced ? 'replaced' : change.what;
  const differing = differingIn(change);
  const fields = differing?.fields.map(field => shownField(differing, field, showing)) ?? [];
  const values = differing?.fields.map(({ base = null, head = null }) => [base, head]);
  const head = objectOfChange(change);
  const object = changedObject(diff, change, head, before);
  const { environment, kind, name, movedFrom } = object;
  const isOnlyMoved = what === 'changed' && fields.length === 0;
  const alike = isOnlyMoved ? ['moved', movedFrom, environment] : [kind, movedFrom !== undefined];
  const names = what === 'changed' ? alike : [what, head.group, kind, name, before?.name];
  return {
    what,
    key: JSON.stringify([...names, fields, values]),
    fields,
    object,
    manifests: () => ({
      ...(before !== undefined && { base: manifestOf(before, showing) }),
      ...(what !== 'removed' && { head: manifestOf(head, showing) }),
    }),
  };
}

function changedObject(diff: Diff, change: Change, object: PlacedObject, before?: PlacedObject) {
  const environment = environmentOf(diff, object);
  const from = environmentOf(diff, before ?? object);
  const isMoved = change.what === 'changed' ? change.isMoved === true : from !== environment;
  const pair = change.what === 'removed' ? change.becomes : change.what === 'added' && change.was;
  const isKept = change.what === 'changed' || before === undefined;
  return {
    environment,
    ...objectName(object),
    ...(isMoved && { movedFrom: from }),
    ...(pair && { pair: objectName(pair) }),
    ...(!isKept && { outcome: deletionOf(diff, before).text }),
  };
}

function differingIn(change: Change): Changed | undefined {
  if (change.what !== 'added') return change.what === 'changed' ? change : undefined;
  if (change.was === undefined) return undefined;
  const { fields, ...renamed } = changeOf(change.was, change.head);
  // The change shows its old and new name by itself.
  const isOther = ({ field }: FieldChange) => !/^metadata\.(name|namespace)$/.test(field);
  return { ...renamed, fields: fields.filter(isOther) };
}

/** A manifest with its hidden values as `…`, whose lengths would differ from side to side. */
function manifestOf({ json }: PlacedObject, showing: Showing): JsonObject {
  return mapAt(shownAt(asJson(json), [], { ...showing, hide: () => '…' }));
}

function shownField({ before, after }: Changed, change: FieldChange, showing: Showing): ShownField {
  const { what, field, base, head, basePath, headPath } = change;
  const left = base === undefined ? undefined : shownAt(asJson(before), basePath, showing);
  const right = head === undefined ? undefined : shownAt(asJson(after), headPath, showing);
  const isHidden = !isSame(base, left) || !isSame(head, right);
  const texts = [left, right].map(textOf);
  const isSeen = texts[0] !== texts[1] && !texts.every(text => text?.startsWith('… ('));
  const isUnseen = isHidden && typeof base === 'string' && typeof head === 'string' && !isSeen;
  const isNoted = isUnseen && left !== HIDDEN && right !== HIDDEN;
  const note = isNoted ? hiddenChange(base, head) : undefined;
  const [was = note, is = note] = note === undefined ? texts : [];
  return { what, field: maskMessage(field), base: was, head: is, isHidden };
}

function hiddenChange(base: string, head: string): string {
  const [before, after] = [lineCount(base), lineCount(head)];
  if (before === 1 && after === 1) return `… (${base.length} → ${head.length} characters)`;
  const lines = changedLines(base.split('\n'), head.split('\n'));
  if (lines.length === 0) return `… (${before} → ${after} lines)`;
  const count = before === after ? after : `${before} → ${after}`;
  const isOne = lines.length === 1 && /^\d+$/.test(lines[0] ?? '');
  if (isOne) return `… (line ${lines[0]} of ${count} differs)`;
  return `… (lines ${someOf(lines, MOST_LINES).join(', ')} of ${count} differ)`;
}

const MOST_LINES = 6;

function changedLines(base: readonly string[], head: readonly string[]): string[] {
  let line = 1;
  return lineDiff(base, head).flatMap(run => {
    const [first, count] = [line, run.isSame ? run.lines.length : run.head.length];
    line += count;
    if (run.isSame || count === 0) return [];
    return [count === 1 ? `${first}` : `${first}–${line - 1}`];
  });
}

function textOf(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return String(value);
  return renderValue(value).trimEnd();
}

/** Whether a text is the name, the host or the key of something on one of the sides. */
function isNameIn({ base, head }: Diff): (text: string) => boolean {
  const names = onceFor(() => new Set([base, head].flatMap(namesIn)));
  return text => names().has(text.replace(/\.svc(\.cluster\.local)?\.?$/, ''));
}

function namesIn(graph: SecretGraph): string[] {
  const made = [...graph.secrets.values()].flatMap(({ keys }) => [...keys.keys()]);
  const services = [...serviceMakers(graph).keys()].map(id => id.split('/'));
  return [
    ...graph.objects.flatMap(({ name, namespace }) => [name, namespace]),
    ...services.flatMap(([namespace = '', name = '']) => [name, `${name}.${namespace}`]),
    ...made,
  ].filter(name => name.length > 2);
}

/** The images, charts and sources that change their version: majors first, and the same change of several objects once. */
export function versionChanges(diffs: readonly Diff[]): VersionChange[] {
  const all = diffs.flatMap(diff =>
    diff.changes.flatMap(change => {
      const object = objectOfChange(change);
      const objects = [{ ...objectName(object), environment: environmentOf(diff, object) }];
      return versionsOf(change).map(version => ({ ...version, objects }));
    }),
  );
  const groups = groupBy(all, ({ objects: _, ...version }) => JSON.stringify(version));
  return [...groups.values()]
    .map(alike => ({ ...alike[0], objects: alike.flatMap(({ objects }) => objects) }))
    .sort((a, b) => Number(b.isMajor) - Number(a.isMajor));
}

type Version = Omit<VersionChange, 'objects'>;

function versionsOf(change: Change): Version[] {
  const changed = differingIn(change);
  if (changed === undefined) return [];
  const found = changed.fields.flatMap(({ basePath = [], headPath = basePath }) => {
    return versionAt(changed, basePath.length === 0 ? headPath : basePath, headPath) ?? [];
  });
  return [...new Map(found.map(version => [JSON.stringify(version), version])).values()];
}

/** A change of a field or of the map that it is in, as a change of a version. */
function versionAt(changed: Changed, basePath: Path, headPath: Path) {
  for (const up of [0, -1]) {
    const [base, head] = [
      namedVersion(changed.before, basePath.slice(0, basePath.length + up)),
      namedVersion(changed.after, headPath.slice(0, headPath.length + up)),
    ];
    if (base === undefined || head === undefined || base.what !== head.what) continue;
    if (base.version === head.version) return undefined;
    const { what, name } = head;
    const majors = [majorOf(base), majorOf(head)];
    const isMajor = !majors.includes(undefined) && majors[0] !== majors[1];
    return { what, name, base: base.version, head: head.version, isMajor };
  }
  return undefined;
}

interface Named extends Pick<Version, 'what' | 'name'> {
  readonly version: string;
}

/** `image: nginx:1.27`, `image: {repository, tag}`, `{chart, version}`, `{repoURL, targetRevision}`, and `ref: {tag}` beside a `url`. */
function namedVersion(object: KubeObject, path: Path): Named | undefined {
  const field = String(path.at(-1) ?? '');
  const isImage = /^image(Name)?$/.test(field);
  const written = valueAt(asJson(object), path);
  const isVersioned = VERSIONED.some(name => textAt(written, name) !== undefined);
  if (!isImage && field !== 'ref' && !isVersioned) return undefined;
  const value = shownAt(asJson(object), path);
  if (isImage && typeof value === 'string')
    return { what: 'image', name: nameOfImage(value), version: value };
  const map = mapAt(value);
  const [chart, repoUrl] = [textAt(map, 'chart'), textAt(map, 'repoURL')];
  const version = textAt(map, 'targetRevision') ?? textAt(map, 'version') ?? '';
  if (chart !== undefined) return { what: 'chart', name: chart, version };
  if (repoUrl !== undefined) return { what: 'source', name: repoUrl, version };
  if (field === 'ref') return sourceVersion(object, path, map);
  const repository = textAt(map, 'repository');
  if (repository === undefined) return undefined;
  const [tag = '', digest = ''] = [map['tag'], map['digest']].map(scalarText);
  const image = `${repository}${tag && `:${tag}`}${digest && `@${digest}`}`;
  return { what: 'image', name: repository, version: image };
}

/** Only maps with one of these fields can have a version: a short cut, for speed. */
const VERSIONED = ['chart', 'repoURL', 'repository'];

function sourceVersion(object: KubeObject, path: Path, ref: JsonObject): Named | undefined {
  const name = textAt(mapAt(shownAt(asJson(object), path.slice(0, -1))), 'url');
  const [version = ''] = REFS.flatMap(field => textAt(ref, field) ?? []);
  return name === undefined ? undefined : { what: 'source', name, version };
}

/** The fields of a `ref`, in the order in which Flux takes one of several. */
const REFS = ['commit', 'name', 'semver', 'tag', 'branch', 'digest'];

function nameOfImage(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

/** The first number of a version: 2 of `v2.1.0`, `nginx:2-alpine` and `^2.0.0`. A longer one is a date or a hash. */
function majorOf({ what, version }: Named): number | undefined {
  const tag =
    what === 'image' ? version.replace(/@.*$/, '').slice(nameOfImage(version).length + 1) : version;
  const [, major] = /^[\^~>=v ]*(\d{1,3})(?=$|[.-])/.exec(tag) ?? [];
  return major === undefined ? undefined : Number(major);
}

/** Every Secret that a change reaches. The same in several environments comes once. */
export function secretEffects(diffs: readonly Diff[]): SecretEffect[] {
  const all = diffs.flatMap(diff => effectsOf(diff));
  return onceForAll(
    sortBy(all, ({ environments }) => environments.join()),
    ({ environments: _, ...effect }) =>
      JSON.stringify(effect, (key, value) => (key === 'namespace' ? undefined : value)),
    ({ base, head }) => head ?? base,
  );
}

function effectsOf(diff: Diff): SecretEffect[] {
  const { all, values } = touchedSecrets(diff);
  const environments = new Map(
    [...all].sort().flatMap(id => {
      const environment = environmentOfSecret(diff, id);
      return environment === undefined ? [] : [[id, environment] as const];
    }),
  );
  const secretIds = new Set(environments.keys());
  const flows = [diff.base, diff.head].map(graph => {
    const { secrets } = flowOf(graph, { secretIds });
    return new Map(secrets.map(secret => [secretId(secret.namespace, secret.name), secret]));
  });
  return [...environments].flatMap(([id, environment]) => {
    const [base, head] = flows.map(byId => byId.get(id));
    const isSourceChanged = values.has(id);
    if ((base ?? head) === undefined) return [];
    if (!isSourceChanged && JSON.stringify(base) === JSON.stringify(head)) return [];
    const [keysBefore, keysAfter] = [new Set(base?.keys), new Set(head?.keys)];
    return [
      {
        ...(base !== undefined && { base }),
        ...(head !== undefined && { head }),
        addedKeys: [...keysAfter].filter(key => !keysBefore.has(key)),
        removedKeys: [...keysBefore].filter(key => !keysAfter.has(key)),
        isSourceChanged,
        environments: [environment],
      },
    ];
  });
}

/** The environment of the first compared object that makes or reads a Secret. Undefined: no such object does. */
function environmentOfSecret(diff: Diff, id: string): string | undefined {
  const { compared, head, base } = diff;
  for (const graph of [head, base]) {
    const makers = graph.secrets.get(id)?.makers ?? [];
    const readers = readersBySecret(graph).get(id) ?? [];
    const first = [...makers, ...readers].find(({ object }) => compared.has(object));
    if (first !== undefined) return environmentOf(diff, first.object);
  }
  return undefined;
}

const readersBySecret = oncePer(({ readers }: SecretGraph) =>
  groupBy(readers, ({ namespace, secret }) => secretId(namespace, secret)),
);

function touchedSecrets({ base, head, changes }: Diff) {
  const sides = [base, head];
  const byObject = new Map(
    changes.flatMap(change => objectsOf(change).map(object => [object, change] as const)),
  );
  const isChanged = (object: PlacedObject): boolean => byObject.has(object);
  const decidesValues: MakerTest = (object, secret) => {
    const change = byObject.get(object);
    return change !== undefined && isValueChange(change, secret);
  };
  const read = sides.flatMap(({ readers }) => readers.filter(({ object }) => isChanged(object)));
  const all = new Set([
    ...sides.flatMap(graph => [...madeBy(graph, isChanged)]),
    ...read.map(({ namespace, secret }) => secretId(namespace, secret)),
    ...keysChangedElsewhere(base, head),
  ]);
  return { all, values: new Set(sides.flatMap(graph => [...madeBy(graph, decidesValues)])) };
}

type MakerTest = (object: PlacedObject, secret: string) => boolean;

/** The Secrets that have a maker, or a store, that passes a test. */
function* madeBy(graph: SecretGraph, test: MakerTest): Iterable<string> {
  for (const [id, { name, makers }] of graph.secrets)
    if (makers.some(({ object }) => test(object, name))) yield id;
  for (const { namespace, target, storeRef, data, dataFrom } of graph.externalSecrets) {
    // Most entries have the store of the whole.
    const refs = new Set([storeRef, ...[...data, ...dataFrom].map(entry => entry.storeRef)]);
    const stores = [...refs].map(ref => ref && storeOf(graph.find, ref, namespace));
    if (stores.some(store => store && test(store, ''))) yield secretId(namespace, target);
  }
}

/** The Secrets with other keys than before, though their makers are the same. */
function* keysChangedElsewhere(base: SecretGraph, head: SecretGraph): Iterable<string> {
  for (const [id, node] of base.secrets) {
    const after = head.secrets.get(id);
    if (after === undefined || hasSameKeys(node, after)) continue;
    const [was, is] = [node, after].map(({ makers }) => makers.map(({ object }) => object.json));
    if (isSame(was, is)) yield id;
  }
}

function hasSameKeys(a: SecretNode, b: SecretNode): boolean {
  if (a.isOpen !== b.isOpen || a.keys.size !== b.keys.size) return false;
  return a.keys === b.keys || [...a.keys].every(key => b.keys.has(key));
}

function isValueChange(change: Change, secret: string): boolean {
  if (change.what !== 'changed') return true;
  const isValueSource = change.head.knownKind?.secrets?.isValueSource;
  const isContent = ([first]: Path): boolean => first !== 'metadata' && first !== 'apiVersion';
  const paths = change.fields.map(fieldPath).filter(isContent);
  return paths.some(path => isValueSource?.(path, secret) ?? true);
}
