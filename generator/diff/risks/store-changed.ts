import { groupBy, isSame, type Json, mapAt } from '../../core/json.ts';
import { storeUses } from '../../graph/secret-graph.ts';
import { STORES, storeOf, valueSettings, WAY_FIELDS } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { knownFaults } from '../../lint/check.ts';
import { unknownStore } from '../../lint/rules/unknown-store.ts';
import { type Changed, changedOf, type Diff, isRemoved } from '../diff.ts';
import { type SpecChange, specChanges } from '../facts/secrets.ts';
import { storeFaults, storeRefs } from '../facts/values.ts';
import { effectiveForm, type FieldChange, fieldPath } from '../field-changes.ts';
import type { Risk, RiskRule } from '../risk.ts';
import { fieldPlace, high, nameOf, namesOf, relatedObjects, verb } from '../risk.ts';

export const storeChanged: RiskRule = high('store-changed', function* (diff) {
  const moves = specChanges(diff).flatMap(spec => movedRead(diff, spec) ?? []);
  const { missing, refused } = storeFaults(diff);
  const lost = new Set([...missing, ...refused].map(({ object }) => object));
  const found = moves.filter(({ spec }) => !lost.has(spec.change.head));
  for (const group of groupBy(found, moveOf).values()) yield movedRisk(diff, group);
  for (const change of changedOf(diff, ...STORES)) {
    // What a store reads, or as whom: its provider, or the controller that serves it.
    const fields = change.fields.filter(field =>
      ['provider', 'controller'].includes(String(fieldPath(field)[1])),
    );
    if (fields.length > 0) yield changedStore(diff, change, fields);
  }
}).inPlaceOf('unknown-secret', 'unknown-secret-key', 'unknown-value-key');

function changedStore({ head }: Diff, change: Changed, fields: readonly FieldChange[]): Risk {
  const users = storeUses(head)
    .filter(({ ref, namespace }) => storeOf(head.find, ref, namespace) === change.head)
    .map(({ object, ref: { path } }) => ({ object, path }));
  const others = fields.filter(item => !fieldPath(item).some(step => WAY_FIELDS.has(String(step))));
  const [first] = others.length > 0 ? others : fields;
  const path = first === undefined ? ['spec', 'provider'] : fieldPath(first);
  const names = fields.map(({ field }) => field.replace(/^spec\./, '')).slice(0, 3);
  const effect =
    users.length === 0
      ? 'nothing here reads through it'
      : `${namesOf(users, 'gets', 'get')} other values, or ${verb(users, 'does', 'do')} not sync`;
  return {
    ...fieldPlace(change, path, first?.basePath),
    ...((users.length === 0 || others.length === 0) && { level: 'warn' }),
    message: `${nameOf(change.head)} reads in another way (${names.join(', ')}): ${effect}`,
    hint: 'Make sure that every entry is there with the value that is wanted, and that the store may read it.',
    related: relatedObjects(users, 'head', 'uses it'),
  };
}

type MovedRead = NonNullable<ReturnType<typeof movedRead>>;

function moveOf({ spec, was, is }: MovedRead): string {
  const isOfCluster = [was, is].every(({ kind }) => kind === 'ClusterSecretStore');
  const place = isOfCluster ? '' : spec.change.head.namespace;
  return JSON.stringify([place, was.kind, was.name, is.kind, is.name]);
}

function movedRisk(diff: Diff, group: readonly [MovedRead, ...MovedRead[]]): Risk {
  const [{ spec, was, is, from, to }] = group;
  const places = group.map(({ spec: { change, path } }) => ({ object: change.head, path }));
  const isKnown = from !== undefined || to === undefined;
  const [before, after] = [from, to].map(store => store && valueSettings(store));
  // Both read the same values, if their logins may.
  const isAlike = before !== undefined && after !== undefined && isSame(before, after);
  const effect = isAlike
    ? 'it reads the same place with another login, or by another way'
    : isKnown
      ? 'other values, or none'
      : `it is not known what they read so far, as "${was.name}" is not here`;
  return {
    ...((isAlike || !isKnown) && { level: 'warn' }),
    ...(from !== undefined && isRemoved(diff, from) && { cause: from }),
    ...fieldPlace(spec.change, [...is.path, was.name === is.name ? 'kind' : 'name']),
    message: `${namesOf(places, 'reads', 'read')} ${is.kind} "${is.name}" in place of ${was.kind} "${was.name}": ${effect}`,
    hint: `Make sure that "${is.name}" has every entry with the value that is wanted.`,
    related: relatedObjects(places.slice(1), 'head', 'reads it too'),
  };
}

function movedRead({ base, head }: Diff, spec: SpecChange) {
  const before = storeRefs(spec.before, spec.path);
  const { namespace } = spec.change.head;
  for (const [part, is] of storeRefs(spec.after, spec.path)) {
    const was = before.get(part);
    if (was === undefined || (was.name === is.name && was.kind === is.kind)) continue;
    const [from, to] = [storeOf(base.find, was, namespace), storeOf(head.find, is, namespace)];
    // A renamed store that reads what it read before changes nothing.
    if (from && to && isSame(sourceOf(from), sourceOf(to))) continue;
    const wasMissing = (): boolean =>
      knownFaults(base, unknownStore).some(({ object }) => object === spec.change.base);
    if (from === undefined && to !== undefined && wasMissing()) continue;
    return { spec, was, is, from, to };
  }
  return undefined;
}

function sourceOf(store: PlacedObject): Json {
  return mapAt(effectiveForm(store.json), 'spec', 'provider');
}
