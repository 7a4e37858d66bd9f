import { isMap, type JsonObject, listAt, mapAt, parsedJson, textAt } from '../core/json.ts';

/** What is known about an entry: its facts, that it is missing, or why neither is known. */
export type Found = EntryFacts | 'missing' | { readonly unknown: string; readonly isCut?: true };

/** What AWS says about an existing entry, without its value. */
export interface EntryFacts {
  /** The account in its ARN, if AWS gives one. */
  readonly account?: string;
  /** The type of a parameter. */
  readonly type?: string;
  /** The key that encrypts it: an alias, an ID or an ARN. */
  readonly keyId?: string;
  readonly tier?: string;
  /** When its expiration policy deletes it. */
  readonly expires?: string;
  /** When its deletion is final; until then it cannot be read. */
  readonly deleted?: string;
  /** A secret may be made without a value. */
  readonly hasValue: boolean;
  /** The number of a parameter's newest version. */
  readonly newest?: number;
  /** The labels of a parameter that were looked up, and whether it has them. */
  readonly labels?: ReadonlyMap<string, boolean>;
  /** The IDs and labels of a secret's versions; absent if unknown. */
  readonly versions?: ReadonlySet<string>;
  /** Facts about its value, if it was read. */
  readonly value?: ValueFacts;
  /** Why its value could not be read. */
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
  /** The names of its properties; absent if it is no JSON object. */
  readonly properties?: readonly string[];
  /** Which of the properties that manifests read it has. */
  readonly has: ReadonlySet<string>;
}

export function parameterFacts(parameter: JsonObject): EntryFacts {
  const type = textAt(parameter, 'Type');
  const keyId = textAt(parameter, 'KeyId');
  const tier = textAt(parameter, 'Tier');
  const expires = expirationOf(parameter);
  const newest = parameter['Version'];
  const account = accountIn(textAt(parameter, 'ARN'));
  return {
    hasValue: true,
    ...(account !== undefined && { account }),
    ...(type !== undefined && { type }),
    ...(keyId !== undefined && { keyId }),
    ...(tier !== undefined && { tier }),
    ...(expires !== undefined && { expires }),
    ...(typeof newest === 'number' && { newest }),
  };
}

function expirationOf(parameter: JsonObject): string | undefined {
  const policies = listAt(parameter, 'Policies');
  const text = policies.flatMap(policy =>
    textAt(policy, 'PolicyType') === 'Expiration' ? (textAt(policy, 'PolicyText') ?? []) : [],
  )[0];
  return text === undefined
    ? undefined
    : (textAt(parsedJson(text), 'Attributes', 'Timestamp') ?? 'a date of its policy');
}

function accountIn(arn: string | undefined): string | undefined {
  return /^arn:[\w-]{1,20}:[\w-]{1,40}:[\w-]{1,40}:(\d{12}):/.exec(arn ?? '')?.[1];
}

export function isThere(found: Found): found is EntryFacts {
  return found !== 'missing' && !('unknown' in found);
}

/** The most bytes of a standard parameter (docs/facts/aws.md#parameters). */
const STANDARD = 4096;

/** Texts that people write until they have the real value. */
const PLACEHOLDER =
  /^(?:(?:your|my|enter|insert|replace|add|put)[-_ ].{0,200}|.{0,200}(?:change[-_ ]?me|replace[-_ ]?me|your[-_](?:api|secret|key|token)).{0,200}|todo|tbd|fixme|none|null|undefined|dummy|example|placeholder|password|secret|test|x{3,99}|\*{3,99}|<[^>]{0,200}>|.{0,200}(?:\.\.\.|…))$/i;

/** Facts about a value. The value itself goes no further. */
export function valueFacts(value: string, wanted: readonly string[]): ValueFacts {
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
    isSmall: Buffer.byteLength(value) <= STANDARD,
    ...(isMap(json) && { properties: Object.keys(json) }),
    has: new Set(wanted.filter(property => hasProperty(json, property))),
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
  if (QUERY.test(property)) return true;
  if (isMap(json) && Object.hasOwn(json, property)) return true;
  let value = json;
  for (const step of property.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return true;
}

export function parameterName(parameter: JsonObject): string {
  return textAt(parameter, 'Name') ?? '';
}

/** The facts in an answer about a secret; `versions` is the field with its versions, which differs by operation. */
export function secretFacts(secret: JsonObject, versions: string): EntryFacts {
  const keyId = textAt(secret, 'KmsKeyId');
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, versions));
  const account = accountIn(textAt(secret, 'ARN'));
  return {
    ...(account !== undefined && { account }),
    hasValue: stages.some(labels => listAt({ labels }, 'labels').includes('AWSCURRENT')),
    ...(keyId !== undefined && { keyId }),
    // AWS counts seconds.
    ...(typeof deleted === 'number' && {
      deleted: new Date(deleted * 1000).toISOString().slice(0, 10),
    }),
  };
}
