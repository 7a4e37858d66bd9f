import type { Path } from '../core/finding.ts';
import { groupBy, type JsonObject, mapAt, scalarText, textAt } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { objectName } from '../kinds/kind.ts';
import { shownAt } from '../report/shown.ts';
import { changeOf } from './compare.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  environmentOf,
  objectOfChange,
} from './comparison.ts';
import type { VersionChange } from './review.ts';

/** The images, charts and sources that change their version: majors first, and the same change of several objects once. */
export function versionChanges(comparisons: readonly Comparison[]): VersionChange[] {
  const all = comparisons.flatMap(comparison =>
    comparison.changes.flatMap(change => {
      const object = objectOfChange(change);
      const objects = [{ ...objectName(object), environment: environmentOf(comparison, object) }];
      return versionsOf(change).map(version => ({ ...version, objects }));
    }),
  );
  const groups = groupBy(all, ({ what, name, base, head }) =>
    JSON.stringify([what, name, base, head]),
  );
  return [...groups.values()]
    .map(alike => ({ ...alike[0], objects: alike.flatMap(({ objects }) => objects) }))
    .sort((a, b) => Number(b.isMajor) - Number(a.isMajor));
}

type Version = Omit<VersionChange, 'objects'>;

/** Of an object under another name too: an object that comes or goes has no version before or after. */
function versionsOf(change: Change): Version[] {
  if (change.what === 'removed') return [];
  const changed =
    change.what === 'changed' ? change : change.was && changeOf(change.was, change.head);
  if (changed === undefined) return [];
  const found = changed.fields.flatMap(({ basePath, headPath }) => {
    const paths = [basePath ?? headPath ?? [], headPath ?? basePath ?? []] as const;
    return versionAt(changed, paths) ?? [];
  });
  return [...new Map(found.map(version => [JSON.stringify(version), version])).values()];
}

/** The version that a field, or the map that it is in, tells on both sides, where it differs. */
function versionAt(changed: Changed, [basePath, headPath]: readonly [Path, Path]) {
  for (const up of [0, -1]) {
    const [base, head] = [
      namedVersion(changed.before, basePath.slice(0, basePath.length + up)),
      namedVersion(changed.after, headPath.slice(0, headPath.length + up)),
    ];
    if (base === undefined || head === undefined || base.what !== head.what) continue;
    if (base.version === head.version) return undefined;
    const majors = [majorOf(base), majorOf(head)];
    const isMajor = !majors.includes(undefined) && majors[0] !== majors[1];
    return {
      what: head.what,
      name: head.name,
      base: base.version,
      head: head.version,
      isMajor,
    };
  }
  return undefined;
}

interface Named extends Pick<Version, 'what' | 'name'> {
  readonly version: string;
}

/**
 * What a value of an object names a version of, by the names of its fields: `image: nginx:1.27`, `image: {repository,
 * tag}`, `{chart, version}`, `{repoURL, targetRevision}`, and `ref: {tag}` beside a `url`.
 */
function namedVersion(object: KubeObject, path: Path): Named | undefined {
  const value = shownAt(asJson(object), path);
  const field = String(path.at(-1) ?? '');
  if (/^image(Name)?$/.test(field) && typeof value === 'string')
    return { what: 'image', name: nameOfImage(value), version: value };
  const map = mapAt(value);
  const [chart, repoUrl] = [textAt(map, 'chart'), textAt(map, 'repoURL')];
  const version = textAt(map, 'targetRevision') ?? textAt(map, 'version') ?? '';
  if (chart !== undefined) return { what: 'chart', name: chart, version };
  if (repoUrl !== undefined) return { what: 'source', name: repoUrl, version };
  if (field === 'ref') return sourceVersion(object, path, map);
  const repository = textAt(map, 'repository');
  return repository === undefined ? undefined : imageVersion(repository, map);
}

function sourceVersion(object: KubeObject, path: Path, ref: JsonObject): Named | undefined {
  const name = textAt(mapAt(shownAt(asJson(object), path.slice(0, -1))), 'url');
  const [version = ''] = REFS.flatMap(field => textAt(ref, field) ?? []);
  return name === undefined ? undefined : { what: 'source', name, version };
}

/** The fields of a `ref`, in the order in which Flux takes one of several. */
const REFS = ['commit', 'name', 'semver', 'tag', 'branch', 'digest'];

function imageVersion(name: string, map: JsonObject): Named {
  const [tag = '', digest = ''] = [map['tag'], map['digest']].map(scalarText);
  return { what: 'image', name, version: `${name}${tag && `:${tag}`}${digest && `@${digest}`}` };
}

/** An image without its tag and digest: a colon after the last slash begins the tag. */
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
