import { storeOf, storeUses } from '../../../graph/stores.ts';
import { type Json, mapAt } from '../../../ground/json.ts';
import { isSame } from '../../../ground/same.ts';
import type { StoreRef } from '../../../kinds/eso/store-ref.ts';
import { STORES } from '../../../kinds/eso/stores.ts';
import type { Item } from '../../../kinds/kind.ts';
import {
  type Changed,
  type Comparison,
  changedOf,
  type FieldChange,
  fieldPath,
} from '../../changes/comparison.ts';
import { effectiveForm } from '../../changes/effective-form.ts';
import { lostStores } from '../facts/lost-stores.ts';
import { type SpecChange, specChanges } from '../facts/secret-specs.ts';
import { storeRefs } from '../facts/store-refs.ts';
import { fieldPlace, relatedItems } from '../places.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';
import { nameOf, namesOf, verb } from '../words.ts';

export const storeChanged: RiskRule = {
  id: 'store-changed',
  level: 'high',
  summary: 'Secrets are read from another store, or their store reads from another place.',
  tells: ['unknown-secret', 'unknown-secret-key'],

  *check(comparison: Comparison) {
    yield* movedReads(comparison);
    for (const kind of STORES)
      for (const change of changedOf(comparison, kind)) {
        const fields = change.fields.filter(isOfSource);
        if (fields.length > 0) yield changedStore(comparison, change, fields);
      }
  },
};

/** What a store reads, and as whom: its provider, and the controller that takes it. */
function isOfSource(change: FieldChange): boolean {
  const [, field] = fieldPath(change);
  return field === 'provider' || field === 'controller';
}

function changedStore(
  comparison: Comparison,
  change: Changed,
  fields: readonly FieldChange[],
): Risk {
  const { head } = comparison;
  const users = storeUses(head)
    .filter(({ ref, namespace }) => storeOf(head.find, ref, namespace) === change.head)
    .map(({ item, ref: { path } }) => ({ item, path }));
  const others = fields.filter(field => !isTrust(field));
  const [first] = others.length > 0 ? others : fields;
  const path = first === undefined ? ['spec', 'provider'] : fieldPath(first);
  const names = fields.map(({ field }) => field.replace(/^spec\./, '')).slice(0, 3);
  const effect =
    users.length === 0
      ? 'nothing here reads through it'
      : `${namesOf(users)} ${verb(users, 'gets', 'get')} other values, or ${verb(users, 'does', 'do')} not sync`;
  return {
    ...fieldPlace(change, path, first?.basePath),
    ...((users.length === 0 || others.length === 0) && { level: 'warn' }),
    message: `${nameOf(change.head)} reads in another way (${names.join(', ')}): ${effect}`,
    hint: 'Make sure that every entry is there with the value that is wanted, and that the store may read it.',
    related: relatedItems(users, 'head', 'uses it'),
  };
}

/** Whom it trusts changes nothing that is read, as long as it can connect. */
function isTrust(change: FieldChange): boolean {
  return fieldPath(change).some(step => step === 'caBundle' || step === 'caProvider');
}

function* movedReads(comparison: Comparison): Iterable<Risk> {
  const moves = specChanges(comparison).flatMap(spec => {
    const moved = movedRef(comparison, spec);
    return moved === undefined ? [] : [{ spec, moved }];
  });
  if (moves.length === 0) return;
  const lost = new Set(lostStores(comparison).flatMap(({ items }) => items));
  for (const {
    spec,
    moved: [was, is],
  } of moves) {
    if (lost.has(spec.change.head)) continue;
    yield {
      ...fieldPlace(spec.change, [...is.path, was.name === is.name ? 'kind' : 'name']),
      message: `${nameOf(spec.change.head)} reads ${is.kind} "${is.name}" in place of ${was.kind} "${was.name}": other values, or none`,
      hint: `Make sure that "${is.name}" has every entry with the value that is wanted.`,
    };
  }
}

/** The first part that is read from a store which reads elsewhere. */
function movedRef(
  comparison: Comparison,
  spec: SpecChange,
): [was: StoreRef, is: StoreRef] | undefined {
  const { base, head } = comparison;
  const before = storeRefs(spec.before, spec.path);
  const { namespace } = spec.change.head;
  for (const [part, is] of storeRefs(spec.after, spec.path)) {
    const was = before.get(part);
    if (was === undefined || (was.name === is.name && was.kind === is.kind)) continue;
    const [from, to] = [storeOf(base.find, was, namespace), storeOf(head.find, is, namespace)];
    if (from === undefined || to === undefined || !readSame(from, to)) return [was, is];
  }
  return undefined;
}

/** A renamed store that reads what it read before changes nothing. */
function readSame(a: Item, b: Item): boolean {
  return isSame(sourceOf(a), sourceOf(b));
}

function sourceOf(store: Item): Json {
  return mapAt(effectiveForm(store.object), 'spec', 'provider');
}
