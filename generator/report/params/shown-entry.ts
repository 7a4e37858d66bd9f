import {
  type EntryStore,
  type EntryUse,
  type RemoteEntry,
  wantedText,
} from '../../operate/params/entry.ts';
import { shown } from '../graph/shown-names.ts';

/** A remote entry as reports show it. */
export interface ShownEntry {
  /** `ClusterSecretStore/aws`. */
  readonly store: string;
  readonly provider: string | null;
  /** Of AWS. */
  readonly service: string | null;
  readonly region: string | null;
  readonly name: string;
  /** What it should be: `SecureString`, `secret JSON`, `search`. */
  readonly type: string;
  readonly properties: readonly string[];
  readonly uses: readonly ShownUse[];
}

/** One use of an entry. */
interface ShownUse {
  readonly how: EntryUse['how'];
  readonly property: string | null;
  /** `ExternalSecret/shop/api`. */
  readonly by: string;
  /** `shop/api`. */
  readonly secret: string;
  /** Of the Secret; null: not known. */
  readonly keys: readonly string[] | null;
  readonly readers: readonly { readonly name: string; readonly variables: readonly string[] }[];
}

/** An entry with names in it that may be shown. */
export function shownEntry(entry: RemoteEntry): ShownEntry {
  const { store, name, properties, uses } = entry;
  const { provider, aws } = store;
  return {
    store: nameText(store.name),
    provider: provider === undefined ? null : shown(provider),
    service: aws?.service ?? null,
    region: aws === undefined ? null : shown(aws.region),
    name: shown(name),
    type: wantedText(entry),
    properties: properties.map(shown),
    uses: uses.map(shownUse),
  };
}

function shownUse({ how, property, object, secret, keys, readers }: EntryUse): ShownUse {
  return {
    how,
    property: property === undefined ? null : shown(property),
    by: nameText(object),
    secret: nameText({ ...secret, kind: '' }),
    keys: keys?.map(shown) ?? null,
    readers: readers.map(reader => ({
      name: nameText(reader.name),
      variables: reader.variables.map(shown),
    })),
  };
}

function nameText({ kind, namespace = '', name }: EntryStore['name']): string {
  return shown([kind, namespace, name].filter(part => part !== '').join('/'));
}
