import type { ObjectName, Path } from '../core/finding.ts';
import type { AwsStore } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';

/** A store as people name it, and what is known of where its entries are. */
export interface EntryStore {
  readonly name: ObjectName;
  /** As ESO calls it: `aws`, `vault`; absent: the store is not in the manifests. */
  readonly provider?: string;
  /** Its settings, where it is one of AWS. */
  readonly aws?: AwsStore;
  /** The account of AWS that it reads, where somebody says so. */
  readonly account?: string;
  /** It reads with what External Secrets itself runs with. */
  readonly isOwn?: true;
  /** What the names of all its entries begin with, where somebody says so. */
  readonly prefix?: string;
}

/** An entry of a store that manifests read or push: a parameter, or a secret of another provider. */
export interface RemoteEntry {
  readonly store: EntryStore;
  /** As the provider has it, with the store's prefix; of a search what it looks for. */
  readonly name: string;
  readonly isSearch: boolean;
  /** The properties of its JSON that are read, sorted. */
  readonly properties: readonly string[];
  readonly uses: readonly EntryUse[];
}

/** One use of an entry. */
export interface EntryUse {
  readonly object: PlacedObject;
  /** Of the name in the object. */
  readonly path: Path;
  /** A value, a property of it or all its properties; its tags alone; or it is written. */
  readonly how: 'value' | 'property' | 'properties' | 'metadata' | 'search' | 'push';
  readonly property?: string;
  /** The version that is asked for by its number, label or ID; absent: the current one. */
  readonly version?: string;
  /** The type of parameter that a push asks for. */
  readonly pushedType?: string;
  /** Whether the value has to be Base64. */
  readonly isBase64: boolean;
  /** The Secret of the cluster that it is for, or comes from. */
  readonly secret: { readonly namespace: string; readonly name: string };
  /** The keys of that Secret that it is in, sorted; undefined: not known. */
  readonly keys?: readonly string[];
  /** Who reads these keys. */
  readonly readers: readonly EntryReader[];
}

/** Who reads a key of a Secret that an entry is in. */
export interface EntryReader {
  readonly name: ObjectName;
  /** The variables that it is in; none where it is read otherwise. */
  readonly variables: readonly string[];
}

/** What an entry should be: a parameter's type, a secret of Secrets Manager; empty: it is not AWS's. */
type WantedType = 'SecureString' | 'String' | 'StringList' | 'secret' | '';

/** A Secret is made of it, so it is one; a PushSecret may say that it writes something else. */
export function wantedType({ store: { aws }, isSearch, uses }: RemoteEntry): WantedType {
  if (aws === undefined || isSearch) return '';
  if (aws.service === 'SecretsManager') return 'secret';
  const type = uses.find(({ pushedType }) => pushedType !== undefined)?.pushedType;
  return type === 'String' || type === 'StringList' ? type : 'SecureString';
}

/** In words, with the form of its value. */
export function wantedText(entry: RemoteEntry): string {
  const isJson = entry.uses.some(({ how }) => how === 'property' || how === 'properties');
  const form = entry.isSearch ? 'search' : isJson ? 'JSON' : '';
  return [wantedType(entry), form].filter(part => part !== '').join(' ');
}
