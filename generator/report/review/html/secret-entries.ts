import type { FlowMaker, FlowReader, FlowSecret } from '../../graph/flow.ts';
import { oneLine } from '../../one-line.ts';
import { fateOf, refreshChange } from '../effect-details.ts';
import type { Review, SecretEffect } from '../review.ts';
import { objectText, secretText } from '../words.ts';
import { areWholesale, type FilterTags, levelsOf, type RisksOf } from './filter-tags.ts';
import { rankOf } from './flow-figures.ts';

/** What becomes of a Secret, on the page. */
export interface SecretEntry {
  readonly name: string;
  readonly environments: readonly string[];
  readonly effect: string;
  readonly tone: 'added' | 'removed' | 'changed' | 'block';
  readonly addedKeys: readonly string[];
  readonly removedKeys: readonly string[];
  readonly missingKeys: readonly string[];
  /** When it is fetched, before and after; empty where that stays. */
  readonly refresh: string;
  readonly makers: readonly { readonly name: string; readonly from: readonly Source[] }[];
  readonly readers: readonly {
    readonly name: string;
    readonly how: string;
    readonly pickup: string;
  }[];
  /** Its environments come or go as a whole. */
  readonly isWholesale: boolean;
  readonly tags: FilterTags;
}

/** A store, and what is fetched there. */
interface Source {
  readonly store: string;
  readonly keys: readonly string[];
}

const PICKUPS: Readonly<Record<FlowReader['pickup'], string>> = {
  reloader: 'Reloader restarts it',
  files: 'its files change',
  'next run': 'reads it in its next run',
  'reload label': 'CNPG reloads it',
  'at use': 'reads it at every use',
  never: 'keeps the old values until it is restarted',
};

/** The Secrets that change, those first that need a look most. */
export function secretEntries(review: Review, risksOf: RisksOf): SecretEntry[] {
  const sorted = [...review.secrets].sort((a, b) => rankOf(a) - rankOf(b));
  return sorted.flatMap(effect => {
    const secret = effect.head ?? effect.base;
    return secret === undefined
      ? []
      : [
          {
            ...secretEntry(effect, secret, risksOf),
            isWholesale: areWholesale(review, effect.environments),
          },
        ];
  });
}

function secretEntry(
  effect: SecretEffect,
  secret: FlowSecret,
  risksOf: RisksOf,
): Omit<SecretEntry, 'isWholesale'> {
  const { name, makers, readers } = secret;
  const { text, tone } = fateOf(effect);
  const environments = [...new Set(effect.environments)];
  const objects = [{ kind: 'Secret', name }, ...makers];
  const risks = environments.flatMap(environment =>
    objects.flatMap(object => risksOf(object, environment)),
  );
  return {
    name: secretText(secret),
    environments: environments.filter(environment => environment !== '').map(oneLine),
    effect: text,
    tone,
    addedKeys: effect.base === undefined ? [] : effect.addedKeys,
    removedKeys: effect.removedKeys.filter(
      key => effect.head !== undefined && !effect.head.missingKeys.includes(key),
    ),
    missingKeys: effect.head?.missingKeys ?? [],
    refresh: oneLine(refreshChange(effect) ?? ''),
    makers: makers.map(makerLine),
    readers: readers.map(readerLine),
    tags: {
      environments,
      kinds: ['Secret', ...[...makers, ...readers].map(({ kind }) => kind)],
      levels: levelsOf(risks),
    },
  };
}

function makerLine(maker: FlowMaker): SecretEntry['makers'][number] {
  return {
    name: objectText(maker),
    from: maker.sources.map(source => ({
      store: objectText(source),
      keys: source.remoteKeys.map(oneLine),
    })),
  };
}

function readerLine({ how, pickup, ...reader }: FlowReader): SecretEntry['readers'][number] {
  return { name: objectText(reader), how: how.join(', '), pickup: PICKUPS[pickup] };
}
