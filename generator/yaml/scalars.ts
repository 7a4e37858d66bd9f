import {
  binaryTag,
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  floatCoreTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  type Schema,
} from 'js-yaml';
import { Timestamp } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';

const timestamp = defineScalarTag('tag:yaml.org,2002:timestamp', {
  implicit: true,
  implicitFirstChars: [...'0123456789'],
  resolve: source =>
    /^\d{4}-\d\d?-\d\d?([Tt \t]|$)/.test(source) ? new Timestamp(source) : NOT_RESOLVED,
  identify: () => false,
});

/** Integers as go-yaml reads them: `0644` is octal, `1_000` a thousand (docs/facts/kustomize.md#numbers). */
const goInteger: typeof floatCoreTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: source => {
    const match = /^([-+]?)(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/.exec(source);
    if (match?.[2] === undefined) return NOT_RESOLVED;
    const digits = match[2].replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
    return match[1] === '-' ? -Number(digits) : Number(digits);
  },
  identify: () => false,
});

/** A spec's scalars as kustomize reads them. */
export const specSchema: Schema = CORE_SCHEMA.withTags(mergeTag, timestamp, goInteger, binaryTag);

/** A manifest's scalars as kubectl reads them: `yes` is a boolean, a date is text. */
export const manifestSchema: Schema = CORE_SCHEMA.withTags(
  mergeTag,
  boolYaml11Tag,
  goInteger,
  binaryTag,
);

/** Up to this length most texts come again and again: the value of each is kept. */
const SHORT = 12;

/** The value of a scalar without quotes, as `manifestSchema` has it. */
export function manifestScalar(source: string): unknown {
  return source.length > SHORT ? scalarOf(source) : shortScalar(source);
}

const shortScalar = oncePerText(scalarOf);

/** What a scalar without quotes may be besides text, in the order in which the schema asks. */
const TAGS = [nullCoreTag, boolYaml11Tag, goInteger, floatCoreTag];

/** Where this does not match, the scalar is text: for speed. */
const MAY_BE_NO_TEXT = /^(?:[-+.~\d]|(?:null|true|false|yes|no|on|off|y|n)$)/i;

function scalarOf(source: string): unknown {
  if (!MAY_BE_NO_TEXT.test(source)) return source;
  for (const { resolve, tagName } of TAGS) {
    const value = resolve(source, false, tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}
