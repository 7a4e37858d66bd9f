import type { ObjectName, Path } from '../core/finding.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { parameterNameFault } from '../kinds/eso/aws-calls.ts';
import type { Provider } from '../kinds/eso/providers.ts';
import type { AwsStore } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';

/** An entry of a store that manifests read or push: a parameter of AWS, or a secret of another provider. */
export interface RemoteEntry {
  readonly store: EntryStore;
  /** The provider's name with the store's prefix; for a search what it looks for. */
  readonly name: string;
  readonly isSearch: boolean;
  /** The JSON properties that are read, sorted. */
  readonly properties: readonly string[];
  readonly uses: readonly EntryUse[];
}

/** A store, and where its entries are. */
export interface EntryStore {
  readonly name: ObjectName;
  /** ESO's name for it, as `aws` or `vault`; absent if the store is not in the manifests. */
  readonly provider?: string;
  /** What is known of a provider that is not AWS. */
  readonly known?: Provider;
  readonly aws?: AwsStore;
  /** The account of AWS that it reads, if known. */
  readonly account?: string;
  /** It reads with the credentials of External Secrets itself. */
  readonly isOwn?: true;
  /** The beginning of all its entries' names, if known. */
  readonly prefix?: string;
}

export interface EntryUse {
  readonly object: PlacedObject;
  /** The path of the entry's name in the object. */
  readonly path: Path;
  /** `metadata` reads only its tags; `push` writes it. */
  readonly how: 'value' | 'property' | 'properties' | 'metadata' | 'search' | 'push';
  readonly property?: string;
  /** A number, label or ID; absent for the current version. */
  readonly version?: string;
  readonly pushedType?: string;
  /** Whether the value has to be Base64. */
  readonly isBase64: boolean;
  /** The Secret that it is written into, or pushed from. */
  readonly secret: { readonly namespace: string; readonly name: string };
  /** The keys of that Secret, sorted; absent if unknown. */
  readonly keys?: readonly string[];
  readonly readers: readonly EntryReader[];
}

/** Who reads a key of a Secret that an entry is in. */
export interface EntryReader {
  readonly name: ObjectName;
  /** The environment variables that get its value. */
  readonly variables: readonly string[];
}

/** The prefix below which all parameters should be read by manifests, if the store has one. */
export function listedPrefix({ aws, prefix = '' }: EntryStore): string | undefined {
  const isNone = aws?.service !== 'ParameterStore' || prefix.replaceAll('/', '') === '';
  return isNone || isUnresolved(prefix) ? undefined : prefix;
}

interface WantedVersion {
  readonly use: EntryUse;
  /** A number or a label of a parameter; an ID or a label of a secret. */
  readonly version: string;
  readonly isId: boolean;
}

/** ESO takes a version with this prefix for an ID, others for labels. */
const UUID = 'uuid/';

/** The versions that manifests ask for, without duplicates (docs/facts/eso.md#calls-to-aws). */
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

/** Whether the version of a parameter is a number; otherwise it is a label. */
export function isNumber(version: string): boolean {
  return /^\d{1,15}$/.test(version);
}

/** What an entry should be: a type of parameter, or what its provider calls it; empty where that is not known. */
type WantedType = string;

/** A parameter becomes a Secret, so it should be a SecureString, unless a PushSecret writes another type. */
export function wantedType({ store: { aws, known }, isSearch, uses }: RemoteEntry): WantedType {
  if (isSearch) return '';
  if (aws === undefined) return known?.entry ?? '';
  if (aws.service === 'SecretsManager') return 'secret';
  const type = uses.find(({ pushedType }) => pushedType !== undefined)?.pushedType;
  return type === 'String' || type === 'StringList' ? type : 'SecureString';
}

/** The name without a version or label, which AWS is asked for. */
export function askedName({ store: { aws }, name }: RemoteEntry): string {
  const isPlain = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  return isPlain ? name.replace(/:.*/, '') : name;
}

/** Why AWS cannot be asked for an entry; undefined if it can. */
export function cannotBeAsked(entry: RemoteEntry): string | undefined {
  const { store, isSearch } = entry;
  const name = askedName(entry);
  if (store.aws === undefined)
    return store.provider === undefined
      ? 'its store is not in the manifests'
      : `only AWS is asked, and its store is one of ${store.known?.title ?? store.provider}`;
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

/** The wanted type with the form of the value, as `SecureString JSON`. A secret of Vault or an item has parts of its own. */
export function wantedText(entry: RemoteEntry): string {
  const { known } = entry.store;
  const isOfText = known === undefined || known.isText === true;
  const isJson =
    isOfText && entry.uses.some(({ how }) => how === 'property' || how === 'properties');
  const form = entry.isSearch ? 'search' : isJson ? 'JSON' : '';
  return [wantedType(entry), form].filter(part => part !== '').join(' ');
}
