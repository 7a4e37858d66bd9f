import { parseTemplate } from '../../../ground/go-template/go-template.ts';
import { ARGOCD_TEMPLATE_FUNCTIONS } from '../../../ground/go-template/template-functions.ts';
import { templateValue } from '../../../ground/go-template/template-value.ts';
import { isMap, type Json, type JsonObject } from '../../../ground/json.ts';
import { scalarText } from '../../../ground/scalar-text.ts';

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
