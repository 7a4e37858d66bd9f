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
import { oncePerText } from '../once-per.ts';

/**
 * Integers as go-yaml reads them, and so kubectl and kustomize: `0644` is octal, `1_000` a
 * thousand (docs/facts/kustomize.md#numbers).
 */
export const goInteger: typeof floatCoreTag = defineScalarTag('tag:yaml.org,2002:int', {
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

/** A manifest's scalars as kubectl reads them: `yes` is a boolean, a date is text. */
export const manifestSchema: Schema = CORE_SCHEMA.withTags(
  mergeTag,
  boolYaml11Tag,
  goInteger,
  binaryTag,
);

/** What a scalar without quotes may be besides text, in the order in which the schema asks. */
const TAGS = [nullCoreTag, boolYaml11Tag, goInteger, floatCoreTag];

/** How all that is no text begins, or is written: told at once, for speed. */
const MAY_BE_MORE = /^(?:[-+.~\d]|(?:null|true|false|yes|no|on|off|y|n)$)/i;

/** Up to this length most texts come again and again: each is kept once. */
const SHORT = 12;

/** The value of a scalar without quotes, as `manifestSchema` has it. */
export function manifestScalar(source: string): unknown {
  return source.length > SHORT ? scalarOf(source) : shortScalar(source);
}

const shortScalar = oncePerText(scalarOf);

function scalarOf(source: string): unknown {
  if (!MAY_BE_MORE.test(source)) return source;
  for (const { resolve, tagName } of TAGS) {
    const value = resolve(source, false, tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}
