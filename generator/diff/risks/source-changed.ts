import type { Path } from '../../core/finding.ts';
import { isSame, type Json, mapAt, mapsIn, scalarText, textAt, valueAt } from '../../core/json.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { ociRepository, SOURCES } from '../../kinds/flux/sources.ts';
import { changedPaths, displayKind, objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import { applierOf, type Changed, changedOf, type Diff } from '../diff.ts';
import { isBy } from '../facts/claims.ts';
import { fieldPlace, high, type Placed, type RiskRule, relatedObjects } from '../risk.ts';

export const sourceChanged: RiskRule = high('source-changed', function* (diff) {
  for (const change of changedOf(diff)) {
    const [before = [], after = []] = [change.base, change.head].map(
      ({ knownKind, json }) => knownKind?.changes?.origins?.(json) ?? [],
    );
    if (isSame(placesAt(change.before, before), placesAt(change.after, after))) continue;
    const isOnBoth = (path: Path): boolean =>
      [change.before, change.after].every(object => valueAt(object, path.slice(0, -1)));
    // A generator that comes or goes is no source that was exchanged.
    const changed = changedPaths([...before, ...after], change.before, change.after).filter(
      path => path[1] !== 'generators' || isOnBoth(path),
    );
    const [first] = changed;
    if (first === undefined) continue;
    const isPath = changed.every(path => path.at(-1) === 'path');
    if (isPath && hasSameObjects(change, diff)) continue;
    const names = [...new Set(changed.map(path => path.slice(1).join('.')))];
    const moves = changed.map(path => {
      const [was, is] = [change.before, change.after].map(of => placeText(valueAt(of, path)));
      return `${path.slice(1).join('.')}: ${was} → ${is}`;
    });
    const users = usersOf(diff, change.head);
    const isVersion =
      changed.every(path => isOtherVersion(change, path)) || isVersionOfChart(change, names, users);
    yield {
      ...fieldPlace(change, first),
      ...(isVersion && { level: 'warn' }),
      message: `${displayKind(change.head)} "${change.head.name}" reads from another place (${[...new Set(moves)].join(', ')}): everything that comes from it may change`,
      hint: 'Look at what is there: another repository, branch or tag is not part of this review.',
      related: relatedObjects(users, 'head', 'uses it'),
    };
  }
});

function placesAt(object: unknown, paths: readonly Path[]) {
  return paths.map(path => [path.at(-1), valueAt(object, path)] as Json[]);
}

function placeText(value: unknown): string {
  const fields = Object.entries(mapAt(value)).map(([name, of]) => `${name} ${scalarText(of)}`);
  return fields.length > 0 ? fields.join(' ') : scalarText(value) || 'none';
}

function isOtherVersion({ before, after }: Changed, path: Path): boolean {
  const [was, is] = [before, after].map(object => valueAt(object, path));
  if (path.at(-1) === 'ref')
    return changedPaths([['branch'], ['name']], was, is).length === 0 && was !== undefined;
  const isVersion = (text: unknown): boolean => /^(v?\d|[0-9a-f]{40}$)/.test(scalarText(text));
  return /revision$/i.test(`${path.at(-1)}`) && isVersion(was) && isVersion(is);
}

function hasSameObjects({ base, head }: Changed, diff: Diff): boolean {
  const idsOf = (applier: PlacedObject, objects: readonly PlacedObject[]): string => {
    const applied = objects.filter(object => isBy(applierOf(diff, object), applier));
    return [...new Set(applied.map(objectIdentity))].sort().join('\n');
  };
  const before = idsOf(base, diff.base.objects);
  return before !== '' && before === idsOf(head, diff.head.objects);
}

function usersOf({ head }: Diff, source: PlacedObject): Placed[] {
  if (source.group !== SOURCES) return [];
  return head.objects.flatMap(object =>
    mapsIn(object.json['spec'], ['spec'])
      .filter(
        ({ map }) =>
          map['kind'] === source.kind &&
          map['name'] === source.name &&
          (textAt(map, 'namespace') ?? object.namespace) === source.namespace,
      )
      .slice(0, 1)
      .map(({ path }) => ({ object, path: [...path, 'name'] })),
  );
}

function isVersionOfChart({ head }: Changed, names: readonly string[], users: readonly Placed[]) {
  if (head.knownKind !== ociRepository || names.some(name => name !== 'ref')) return false;
  return users.length > 0 && users.every(({ object }) => object.knownKind === helmRelease);
}
