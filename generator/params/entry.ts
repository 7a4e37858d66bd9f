import type { ObjectName, Path } from '../core/finding.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { parameterNameFault } from '../kinds/eso/aws-calls.ts';
import type { AwsStore } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';

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

/** The prefix of a store below which all entries should be read; undefined: it has none. */
export function listedPrefix({ aws, prefix = '' }: EntryStore): string | undefined {
  const isNone = aws?.service !== 'ParameterStore' || prefix.replaceAll('/', '') === '';
  return isNone || isUnresolved(prefix) ? undefined : prefix;
}

/** A version that a use asks for, as the provider calls it. */
interface WantedVersion {
  readonly use: EntryUse;
  /** A number or a label of a parameter; an ID or a label of a secret. */
  readonly version: string;
  /** Whether it is the ID of a secret's version, and no label. */
  readonly isId: boolean;
}

/** What ESO takes an ID by, where else it takes a label. */
const UUID = 'uuid/';

/** The versions of an entry that are asked for, each once (docs/facts/eso.md#calls-to-aws). */
export function wantedVersions({ store: { aws }, name, uses }: RemoteEntry): WantedVersion[] {
  const isParameter = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  const ofName = isParameter ? /:(.+)$/.exec(name)?.[1] : undefined;
  const wanted = new Map<string, WantedVersion>();
  for (const use of uses) {
    const given = use.version ?? ofName;
    const isId = !isParameter && given?.startsWith(UUID) === true;
    const version = isId ? given?.slice(UUID.length) : given;
    if (version !== undefined && !wanted.has(version)) wanted.set(version, { use, version, isId });
  }
  return [...wanted.values()];
}

/** Whether a parameter is asked for a version by a number: what else it may be is a label. */
export function isNumber(version: string): boolean {
  return /^\d{1,15}$/.test(version);
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

/** The name that AWS is asked for: a version or label after it is none of it. */
export function askedName({ store: { aws }, name }: RemoteEntry): string {
  const isPlain = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  return isPlain ? name.replace(/:.*/, '') : name;
}

/** Why AWS cannot be asked for an entry; undefined: it can. */
export function cannotBeAsked(entry: RemoteEntry): string | undefined {
  const { store, isSearch } = entry;
  const name = askedName(entry);
  if (store.aws === undefined) return 'its store is none of AWS, or not in the manifests';
  if (isSearch) return 'it is a search';
  if (name === '' || isUnresolved(name)) return 'its name is filled in later';
  if (store.aws.service !== 'ParameterStore') return secretNameFault(name);
  if (name.startsWith('arn:')) return 'it is named by its ARN, as one of another account is';
  return parameterNameFault(name);
}

/** What AWS refuses in the name or ARN of a secret (docs/facts/aws.md#secrets). */
function secretNameFault(name: string): string | undefined {
  const isLegal =
    /^(?:arn:[\w-]{1,20}:secretsmanager:[\w-]{1,40}:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/.test(name);
  return isLegal ? undefined : 'its name is none of Secrets Manager';
}

/** In words, with the form of its value. */
export function wantedText(entry: RemoteEntry): string {
  const isJson = entry.uses.some(({ how }) => how === 'property' || how === 'properties');
  const form = entry.isSearch ? 'search' : isJson ? 'JSON' : '';
  return [wantedType(entry), form].filter(part => part !== '').join(' ');
}
