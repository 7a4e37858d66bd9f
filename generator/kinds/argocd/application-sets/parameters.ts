import { parseTemplate } from '../../../ground/go-template/go-template.ts';
import { ARGOCD_TEMPLATE_FUNCTIONS } from '../../../ground/go-template/template-functions.ts';
import { templateValue } from '../../../ground/go-template/template-value.ts';
import { isMap, type Json, type JsonObject, mergedMaps, scalarText } from '../../../ground/json.ts';

/** The parameters of one Application, and how they are filled in. */
export interface Parameters {
  readonly values: JsonObject;
  /** There are more than these, and nobody knows them here. */
  readonly isOpen: boolean;
  /** The repository that was read has nothing that gives any. */
  readonly isOfNothing?: true;
}

/** How an ApplicationSet writes its templates: in Go's, or in the old form, `{{path.basename}}`. */
export type Notation = 'go' | 'old';

/** More than any template has. */
const LONGEST = 100_000;

/**
 * A value with its templates filled in, those of its field names too. A text of which a part is not
 * known stays as it is written.
 */
export function filledIn(value: Json, parameters: Parameters, notation: Notation): Json {
  if (typeof value === 'string') return textWith(value, parameters, notation);
  if (Array.isArray(value)) return value.map(child => filledIn(child, parameters, notation));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      textWith(name, parameters, notation),
      filledIn(child, parameters, notation),
    ]),
  );
}

/** A text with its templates filled in, or as it is written (docs/facts/argocd.md#templates). */
export function textWith(text: string, parameters: Parameters, notation: Notation): string {
  if (!text.includes('{{') || text.length > LONGEST) return text;
  return notation === 'go' ? goText(text, parameters) : oldText(text, parameters.values);
}

/** What a template asks for that there is none of may be among what is not known. */
function goText(text: string, { values, isOpen }: Parameters): string {
  if (ELSEWHERE.test(text) || (isOpen && /\bdig\b/.test(text))) return text;
  const filled = (part: string): string | undefined =>
    templateValue(parseTemplate(part, ARGOCD_TEMPLATE_FUNCTIONS), values);
  return filled(text) ?? (JOINED.test(text) ? text : eachAction(text, filled));
}

/** A text with those of its actions filled in that are known: each says a part of it. */
function eachAction(text: string, filled: (action: string) => string | undefined): string {
  return text.replaceAll(/\{\{[^{}]{1,300}\}\}/g, action => filled(action) ?? action);
}

/** Words that lead to other parts of a template. */
const ELSEWHERE = /\{\{-?\s{0,9}(template|define|block|break|continue)\b/;

/** What has an action say something of the text beside it. */
const JOINED = /\{\{-|-\}\}|:=|\{\{\s{0,9}(if|with|range|else|end)\b/;

function oldText(text: string, values: JsonObject): string {
  return text.replaceAll(/\{\{([^{}]{1,300})\}\}/g, (whole: string, tag: string) => {
    const name = tag.trim();
    return Object.hasOwn(values, name) ? scalarText(values[name]) : whole;
  });
}

/** Deeper than anybody's settings. */
const DEEPEST = 20;

/** Values as one map of texts, `a.b` for a field in a field and `a.0` for an entry of a list. */
export function flat(values: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesOf(values, '', 0));
}

function entriesOf(value: Json, name: string, depth: number): [string, string][] {
  if (!isMap(value) && !Array.isArray(value)) return [[name, scalarText(value)]];
  if (depth > DEEPEST) return [];
  return Object.entries<Json>(value).flatMap(([field, child]) =>
    entriesOf(child, name === '' ? field : `${name}.${field}`, depth + 1),
  );
}

/** Two sets of a matrix as one: in Go's form maps are merged, and what comes first wins. */
export function combined(first: Parameters, second: Parameters, notation: Notation): Parameters {
  const isOpen = first.isOpen || second.isOpen;
  const values =
    notation === 'go'
      ? mergedMaps(second.values, first.values)
      : { ...second.values, ...first.values };
  return { values, isOpen };
}

/** The sets of a merge generator: each with the one of the next generator that has its keys. */
export function mergedOnto(
  base: readonly Parameters[],
  others: readonly Parameters[],
  keys: readonly string[],
  notation: Notation,
): Parameters[] {
  const keyOf = ({ values }: Parameters): string =>
    JSON.stringify(keys.map(key => (Object.hasOwn(values, key) ? values[key] : null)));
  const byKey = new Map(others.map(set => [keyOf(set), set]));
  return base.map(set => {
    const other = byKey.get(keyOf(set));
    if (other === undefined) return set;
    const values =
      notation === 'go' ? mergedMaps(set.values, other.values) : { ...set.values, ...other.values };
    return { ...set, values };
  });
}
