import type { NamespacedName, ObjectName } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { isMap, listAt, mapAt, parsedJson, textAt, valueAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { accountOf } from '../kinds/ack.ts';
import type { Provider } from '../kinds/eso/providers.ts';
import { type AwsStore, parameterNameFault } from '../kinds/eso/stores.ts';
import type { ObjectField } from '../kinds/kind.ts';

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

type NamedEntry = Pick<RemoteEntry, 'name'> & { readonly store: Pick<EntryStore, 'aws'> };

export interface EntryStore {
  readonly name: ObjectName;
  /** ESO's name for it, as `aws` or `vault`; absent if the store is not in the manifests. */
  readonly provider?: string | undefined;
  /** What is known of a provider that is not AWS. */
  readonly providerKind?: Provider | undefined;
  readonly aws?: AwsStore;
  /** The account of AWS that it reads, if known. */
  readonly account?: string | undefined;
  /** It reads with the credentials of External Secrets itself. */
  readonly isOwn?: boolean;
  /** The beginning of all its entries' names, if known. */
  readonly prefix?: string | undefined;
  /** The customer's keys that should encrypt its entries, as the spec says. */
  readonly keys?: readonly string[];
}

export interface EntryUse extends ObjectField {
  /** `metadata` reads only its tags; `push` writes it. */
  readonly how: 'value' | 'property' | 'properties' | 'metadata' | 'search' | 'push';
  readonly property?: string;
  /** A number, label or ID; absent for the current version. */
  readonly version?: string | undefined;
  readonly pushedType?: string | undefined;
  readonly isBase64: boolean;
  /** The Secret that it is written into, or pushed from. */
  readonly secret: NamespacedName;
  /** The keys of that Secret, sorted; absent if unknown. */
  readonly keys?: readonly string[] | undefined;
  readonly readers: readonly EntryReader[];
}

export type EntryReader = { readonly name: ObjectName; readonly variables: readonly string[] };

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
  const found = new Map<string, WantedVersion>();
  for (const use of uses) {
    const written = use.version ?? ofName;
    const isId = !isParameter && written?.startsWith(UUID) === true;
    const version = isId ? written?.slice(UUID.length) : written;
    if (version !== undefined && !found.has(version)) found.set(version, { use, version, isId });
  }
  return [...found.values()];
}

/** Whether the version of a parameter is a number; otherwise it is a label. */
export function isNumber(version: string): boolean {
  return /^\d{1,15}$/.test(version);
}

/** The type of a parameter, or what its provider calls it; empty: not known. What becomes a Secret should be a SecureString. */
export function wantedType({ store: { aws, providerKind }, isSearch, uses }: RemoteEntry): string {
  if (isSearch) return '';
  if (aws === undefined) return providerKind?.entry ?? '';
  if (aws.service === 'SecretsManager') return 'secret';
  const type = uses.find(({ pushedType }) => pushedType !== undefined)?.pushedType;
  return type === 'String' || type === 'StringList' ? type : 'SecureString';
}

/** The name without a version or label, which AWS is asked for. */
export function askedName({ store: { aws }, name }: NamedEntry): string {
  const isPlain = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  return isPlain ? name.replace(/:.*/, '') : name;
}

export function isAskable(entry: RemoteEntry): boolean {
  return cannotBeAsked(entry) === undefined;
}

/** Why AWS cannot be asked for an entry; undefined if it can. */
export function cannotBeAsked(entry: RemoteEntry): string | undefined {
  const { store, isSearch } = entry;
  const name = askedName(entry);
  if (store.aws === undefined)
    return store.provider === undefined
      ? 'its store is not in the manifests'
      : `only AWS is asked, and its store is one of ${store.providerKind?.title ?? store.provider}`;
  if (isSearch) return 'it is a search';
  if (name === '' || isUnresolved(name)) return 'its name is filled in later';
  if (store.aws.service !== 'ParameterStore')
    return SECRET.test(name) ? undefined : 'its name is none of Secrets Manager';
  if (name.startsWith('arn:')) return 'it is named by its ARN, as one of another account is';
  return parameterNameFault(name);
}

/** The name or ARN of a secret (docs/facts/aws.md#secrets). */
const SECRET = /^(?:arn:[\w-]{1,20}:secretsmanager:[\w-]{1,40}:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/;

/** The wanted type with the form of the value, as `SecureString JSON`. A secret of Vault or an item has parts of its own. */
export function wantedText(entry: RemoteEntry): string {
  const { providerKind } = entry.store;
  const isOfText = providerKind === undefined || providerKind.isText === true;
  const isJson =
    isOfText && entry.uses.some(({ how }) => how === 'property' || how === 'properties');
  const form = entry.isSearch ? 'search' : isJson ? 'JSON' : '';
  return [wantedType(entry), form].filter(part => part !== '').join(' ');
}

/** What is known about an entry: its facts, that it is missing, or why neither is known. */
export type Found = EntryFacts | 'missing' | { readonly unknown: string; readonly isCut?: true };

/** What AWS says about an existing entry, without its value. */
export interface EntryFacts {
  /** The account in its ARN, if AWS gives one. */
  readonly account?: string | undefined;
  readonly type?: string | undefined;
  /** The key that encrypts it: an alias, an ID or an ARN. */
  readonly keyId?: string | undefined;
  readonly tier?: string | undefined;
  readonly expires?: string | undefined;
  /** When its deletion is final; until then it cannot be read. */
  readonly deleted?: string | undefined;
  /** A secret may be made without a value. */
  readonly hasValue: boolean;
  readonly newest?: number | undefined;
  /** The labels of a parameter that were looked up, and whether it has them. */
  readonly labels?: ReadonlyMap<string, boolean>;
  /** The IDs and labels of a secret's versions; absent if unknown. */
  readonly versions?: ReadonlySet<string>;
  readonly value?: ValueFacts;
  readonly unread?: string;
  /** AWS was too busy to answer; no permission is missing. */
  readonly isCut?: true;
}

/** Facts about a value that do not reveal it. */
export interface ValueFacts {
  readonly isEmpty: boolean;
  readonly hasOuterSpace: boolean;
  readonly hasFinalNewline: boolean;
  readonly hasCarriageReturns: boolean;
  readonly hasNull: boolean;
  readonly isPlaceholder: boolean;
  readonly isBase64: boolean;
  /** Whether a standard parameter can hold it. */
  readonly isSmall: boolean;
  /** Absent if it is no JSON object. */
  readonly properties?: readonly string[];
  /** Which of the properties that manifests read it has. */
  readonly has: ReadonlySet<string>;
}

export function isThere(found: Found | undefined): found is EntryFacts {
  return typeof found === 'object' && !('unknown' in found);
}

export function parameterFacts(parameter: JsonObject): EntryFacts {
  const newest = parameter['Version'];
  return {
    hasValue: true,
    account: accountOf(textAt(parameter, 'ARN') ?? ''),
    type: textAt(parameter, 'Type'),
    keyId: textAt(parameter, 'KeyId'),
    tier: textAt(parameter, 'Tier'),
    expires: expirationOf(parameter),
    newest: typeof newest === 'number' ? newest : undefined,
  };
}

function expirationOf(parameter: JsonObject): string | undefined {
  const policies = listAt(parameter, 'Policies');
  const policy = policies.find(candidate => textAt(candidate, 'PolicyType') === 'Expiration');
  const text = textAt(policy, 'PolicyText');
  const time = textAt(parsedJson(text ?? ''), 'Attributes', 'Timestamp');
  return text === undefined ? undefined : (time ?? 'a date of its policy');
}

/** The facts in an answer about a secret; `versions` is the field with its versions, which differs by operation. */
export function secretFacts(secret: JsonObject, versions: string): EntryFacts {
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, versions));
  // AWS counts seconds.
  const time = typeof deleted === 'number' ? new Date(deleted * 1000).toISOString() : undefined;
  return {
    account: accountOf(textAt(secret, 'ARN') ?? ''),
    hasValue: stages.some(labels => listAt(labels).includes('AWSCURRENT')),
    keyId: textAt(secret, 'KmsKeyId'),
    deleted: time?.slice(0, 10),
  };
}

/** Texts that people write until they have the real value. */
const PLACEHOLDER =
  /^(?:(?:your|my|enter|insert|replace|add|put)[-_ ].{0,200}|.{0,200}(?:change[-_ ]?me|replace[-_ ]?me|your[-_](?:api|secret|key|token)).{0,200}|todo|tbd|fixme|none|null|undefined|dummy|example|placeholder|password|secret|test|x{3,99}|\*{3,99}|<[^>]{0,200}>|.{0,200}(?:\.\.\.|…))$/i;

/** How large a value may be, in bytes (docs/facts/aws.md#parameters, docs/facts/aws.md#secrets). */
export const SIZES = { standard: 4096, advanced: 8192, secret: 65_536 } as const;

/** Facts about a value. The value itself goes no further. */
export function valueFacts(value: string, properties: readonly string[]): ValueFacts {
  const json = parsedJson(value);
  const text = value.trim();
  return {
    isEmpty: text === '',
    hasOuterSpace: text !== value,
    hasFinalNewline: value.endsWith('\n') && text === value.replace(/\r?\n$/, ''),
    hasCarriageReturns: value.includes('\r'),
    hasNull: value.includes('\0'),
    isPlaceholder: text.length <= 400 && !text.includes('\n') && PLACEHOLDER.test(text),
    isBase64: isBase64(text),
    isSmall: Buffer.byteLength(value) <= SIZES.standard,
    ...(isMap(json) && { properties: Object.keys(json) }),
    has: new Set(properties.filter(property => hasProperty(json, property))),
  };
}

function isBase64(text: string): boolean {
  const joined = text.replaceAll(/\s/g, '');
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/_-]*={0,2}$/.test(joined);
}

/** Signs of gjson queries (docs/facts/eso.md#properties). */
const QUERY = /[*?#|@!{}[\]\\]/;

/** ESO takes a property as a name, then as a path. Queries are not judged. */
function hasProperty(json: unknown, property: string): boolean {
  if (QUERY.test(property) || (isMap(json) && Object.hasOwn(json, property))) return true;
  return valueAt(json, property.split('.')) !== undefined;
}

/** A time in milliseconds for people: `2026-11-26 07:16 UTC`. */
export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
