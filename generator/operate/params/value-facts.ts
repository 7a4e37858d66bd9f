import { isMap, parsedJson } from '../../ground/json.ts';
import type { ValueFacts } from './facts.ts';

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
