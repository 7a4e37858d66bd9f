import { isMap, type JsonObject, listAt, mapAt, parsedJson, textAt } from '../core/json.ts';

/** What was found out about an entry: what is there, that it is not there, or why that is not known. */
export type Found = EntryFacts | 'missing' | { readonly unknown: string; readonly isCut?: true };

/** What a provider tells of an entry that is there, without its value. */
export interface EntryFacts {
  /** The account that it is in, where its ARN is told. */
  readonly account?: string;
  /** A parameter's. */
  readonly type?: string;
  /** The key that encrypts it: an alias, an ID or an ARN. */
  readonly keyId?: string;
  readonly tier?: string;
  /** When AWS deletes it, by its own policy. */
  readonly expires?: string;
  /** When it is gone for good: it cannot be read meanwhile. */
  readonly deleted?: string;
  /** Whether there is a value: a secret may be made without one. */
  readonly hasValue: boolean;
  /** The number of a parameter's newest version. */
  readonly newest?: number;
  /** The labels that a parameter was asked for, and whether it has them; absent: nobody asked. */
  readonly labels?: ReadonlyMap<string, boolean>;
  /** The IDs and labels of a secret's versions; absent: not known. */
  readonly versions?: ReadonlySet<string>;
  /** What is known of its value, if somebody asked for that. */
  readonly value?: ValueFacts;
  /** Why its value was not looked at, though somebody asked for it. */
  readonly unread?: string;
  /** It was not for want of a right: AWS was too busy. */
  readonly isCut?: true;
}

/** What is told of a value: none of it says what it is. */
export interface ValueFacts {
  readonly isEmpty: boolean;
  readonly hasOuterSpace: boolean;
  readonly hasFinalNewline: boolean;
  readonly hasCarriageReturns: boolean;
  readonly hasNull: boolean;
  readonly isPlaceholder: boolean;
  readonly isBase64: boolean;
  /** Whether a standard parameter could hold it. */
  readonly isSmall: boolean;
  /** The names of its properties; undefined: it is no JSON object. */
  readonly properties?: readonly string[];
  /** Those of the properties that are read which it has. */
  readonly has: ReadonlySet<string>;
}

/** What it tells of a parameter. */
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

/** The account of an ARN. */
function accountIn(arn: string | undefined): string | undefined {
  return /^arn:[\w-]{1,20}:[\w-]{1,40}:[\w-]{1,40}:(\d{12}):/.exec(arn ?? '')?.[1];
}

/** Whether something was found out about an entry and is there. */
export function isThere(found: Found): found is EntryFacts {
  return found !== 'missing' && !('unknown' in found);
}

/** What a standard parameter holds at most, in bytes (docs/facts/aws.md#parameters). */
const STANDARD = 4096;

/** What people write until they have the real one. */
const PLACEHOLDER =
  /^(?:(?:your|my|enter|insert|replace|add|put)[-_ ].{0,200}|.{0,200}(?:change[-_ ]?me|replace[-_ ]?me|your[-_](?:api|secret|key|token)).{0,200}|todo|tbd|fixme|none|null|undefined|dummy|example|placeholder|password|secret|test|x{3,99}|\*{3,99}|<[^>]{0,200}>|.{0,200}(?:\.\.\.|…))$/i;

/** What may be said of a value. It is looked at here, and handed on nowhere. */
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

/** Signs of gjson that ask for more than one value (docs/facts/eso.md#properties). */
const QUERY = /[*?#|@!{}[\]\\]/;

/** ESO looks for a property as it is written, then step by step; what a query finds is not judged. */
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

/** The name in an answer of DescribeParameters. */
export function parameterName(parameter: JsonObject): string {
  return textAt(parameter, 'Name') ?? '';
}

/** What an answer tells of a secret, which has its versions in one field or another. */
export function secretFacts(secret: JsonObject, versions: string): EntryFacts {
  const keyId = textAt(secret, 'KmsKeyId');
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, versions));
  const account = accountIn(textAt(secret, 'ARN'));
  return {
    ...(account !== undefined && { account }),
    hasValue: stages.some(labels => listAt({ labels }, 'labels').includes('AWSCURRENT')),
    ...(keyId !== undefined && { keyId }),
    ...(typeof deleted === 'number' && { deleted: dateOf(deleted) }),
  };
}

/** AWS counts seconds. */
function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
