import type { FlowReader, FlowSecret, FlowSource } from '../../../report/flow.ts';
import { oneLine } from '../../../report/text.ts';
import type { Review, SecretEffect } from '../../review.ts';
import { nearObject } from '../entries.ts';
import { fateOf, nameText, objectText, placesIn, refreshChange } from '../words.ts';
import { areWholesale, type FilterTags, levelsOf, type RisksOf } from './filter-tags.ts';
import { rankOf } from './flow.ts';

const PICKUPS: Readonly<Record<FlowReader['pickup'], string>> = {
  reloader: 'Reloader restarts it',
  files: 'its files change',
  'next run': 'reads it in its next run',
  'reload label': 'CNPG reloads it',
  'at use': 'reads it at every use',
  never: 'keeps the old values until it is restarted',
};

/** What becomes of the Secrets that change, the worst first. */
export function secretEntries(review: Review, risksOf: RisksOf): { readonly tags: FilterTags }[] {
  const sorted = [...review.secrets].sort((a, b) => rankOf(a) - rankOf(b));
  return sorted.flatMap(effect => {
    const secret = effect.head ?? effect.base;
    if (secret === undefined) return [];
    const isWholesale = areWholesale(review, effect.environments);
    return [{ ...secretEntry(effect, secret, risksOf), isWholesale }];
  });
}

function secretEntry(effect: SecretEffect, secret: FlowSecret, risksOf: RisksOf) {
  const { name, readers } = secret;
  const makers = [...(effect.base?.makers ?? []), ...(effect.head?.makers ?? [])];
  const { text, tone } = fateOf(effect);
  const environments = [...new Set(effect.environments)];
  const objects = [{ kind: 'Secret', name }, ...makers];
  const risks = environments.flatMap(environment =>
    objects.flatMap(object => risksOf(object, environment)),
  );
  return {
    name: effect.namespaces === undefined ? nameText(secret) : oneLine(name),
    environments: placesIn(effect),
    effect: text,
    tone,
    addedKeys: effect.base === undefined ? [] : effect.addedKeys,
    removedKeys: effect.removedKeys.filter(
      key => effect.head !== undefined && !effect.head.missingKeys.includes(key),
    ),
    missingKeys: effect.head?.missingKeys ?? [],
    // When it is fetched, before and after. Empty if that stays.
    refresh: oneLine(refreshChange(effect) ?? ''),
    makers: markedMakers(effect),
    readers: readers.map(reader => readerLine(reader, effect)),
    tags: {
      environments,
      kinds: ['Secret', ...[...makers, ...readers].map(({ kind }) => kind)],
      levels: levelsOf(risks),
    },
  };
}

/** The makers on either side. Of a Secret that comes or goes none is marked. */
function markedMakers({ base, head }: SecretEffect) {
  const before = (base ?? head)?.makers ?? [];
  const after = (head ?? base)?.makers ?? [];
  return marked(before, after, objectText).map(({ name, mark, was, is }) => ({
    name,
    mark,
    from: marked(was?.sources ?? [], is?.sources ?? [], objectText).map(source =>
      sourceOf(source, mark),
    ),
  }));
}

/** A store that comes or goes comes or goes with its keys. */
function sourceOf({ name, mark, was, is }: OnSides<FlowSource>, maker: OnSides<unknown>['mark']) {
  const isWhole = maker !== 'same' || mark !== 'same';
  const keys = marked(was?.remoteKeys ?? [], is?.remoteKeys ?? [], oneLine).map(key => ({
    name: key.name,
    mark: isWhole ? mark : key.mark,
  }));
  return { name, mark, keys };
}

/** What has a name on one side or both. */
interface OnSides<T> {
  readonly name: string;
  readonly mark: 'added' | 'removed' | 'same';
  readonly was?: T | undefined;
  readonly is?: T | undefined;
}

/** The entries of both sides by their names: first those that go, then the others in the order of head. */
function marked<T>(base: readonly T[], head: readonly T[], nameOf: (entry: T) => string) {
  const before = new Map(base.map(entry => [nameOf(entry), entry]));
  const after = new Map(head.map(entry => [nameOf(entry), entry]));
  const gone = [...before].flatMap(([name, was]): OnSides<T>[] =>
    after.has(name) ? [] : [{ name, mark: 'removed', was }],
  );
  const there = [...after].map(([name, is]): OnSides<T> => {
    const was = before.get(name);
    return { name, mark: was === undefined ? 'added' : 'same', was, is };
  });
  return [...gone, ...there];
}

function readerLine({ how, pickup, ...reader }: FlowReader, effect: SecretEffect) {
  const name = objectText(nearObject(reader, effect, effect.head ?? effect.base ?? {}));
  return { name, how: how.join(', '), pickup: PICKUPS[pickup] };
}
