import type { RemoteEntry } from './entry.ts';
import { valueFacts } from './facts.ts';

/** A value that somebody gives, ready to be written. */
export interface NewValue {
  readonly text: string;
  /** Whether a final newline was taken off. */
  readonly isCut: boolean;
  /** What looks wrong in it, without a word of it. */
  readonly doubts: readonly string[];
}

/** How large a value may be, in bytes (docs/facts/aws.md#parameters, docs/facts/aws.md#secrets). */
const SIZES = { standard: 4096, advanced: 8192, secret: 65_536 } as const;

/** What was given as a value, without its final newline; a text says why it cannot be one. */
export function newValue(
  given: string,
  entry: RemoteEntry,
  { isAdvanced, isKept }: { readonly isAdvanced: boolean; readonly isKept: boolean },
): NewValue | string {
  const text = isKept ? given : given.replace(/\r?\n$/, '');
  const fault = refused(text, entry, isAdvanced);
  if (fault !== undefined) return fault;
  return { text, isCut: text !== given, doubts: doubtsOf(text, entry) };
}

function refused(text: string, entry: RemoteEntry, isAdvanced: boolean): string | undefined {
  if (text === '') return 'the value is empty';
  const size = Buffer.byteLength(text);
  if (entry.store.aws?.service === 'ParameterStore') {
    if (text.includes('{{')) return 'Parameter Store takes no value with {{';
    if (size > SIZES.advanced) return 'the value is larger than 8 KB, which no parameter holds';
    if (size > SIZES.standard && !isAdvanced)
      return 'the value is larger than 4 KB: --advanced makes a parameter that holds 8 KB, costs, and stays so';
  } else if (size > SIZES.secret) return 'the value is larger than 64 KB';
  return jsonRefused(text, entry);
}

function jsonRefused(text: string, entry: RemoteEntry): string | undefined {
  if (!entry.uses.some(({ how }) => how === 'property' || how === 'properties')) return undefined;
  const { properties, has } = valueFacts(text, entry.properties);
  if (properties === undefined)
    return 'External Secrets reads properties of it, and the value is no JSON object';
  const absent = entry.properties.filter(property => !has.has(property));
  return absent.length === 0
    ? undefined
    : `External Secrets reads properties that the value has not: ${absent.join(', ')}`;
}

function doubtsOf(text: string, { uses }: RemoteEntry): string[] {
  const facts = valueFacts(text, []);
  const isBase64 = uses.some(use => use.how === 'value' && use.isBase64);
  return [
    ...(facts.isPlaceholder ? ['it looks like a placeholder'] : []),
    ...(facts.hasOuterSpace ? ['it begins or ends with white space'] : []),
    ...(facts.hasCarriageReturns ? ['it has line ends of Windows'] : []),
    ...(facts.hasNull ? ['it has a null byte'] : []),
    ...(isBase64 && !facts.isBase64 ? ['it should be Base64, and is none'] : []),
  ];
}
