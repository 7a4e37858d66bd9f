import type { ObjectName, Place } from '../../../ground/finding.ts';
import { someOf as firstOf, objectText, placeText } from '../words.ts';
import { code } from './escape.ts';

/** How many of many are named. */
const MOST_NAMED = 8;

/** `Deployment shop/web`. */
export function objectCode(object: ObjectName): string {
  return code(objectText(object));
}

/** `rem-secrets.yaml:12:3`. */
export function placeCode(place: Place): string {
  return code(placeText(place));
}

/** ` (dev, prod)`; nothing where manifests belong to no environment. */
export function inEnvironments(environments: readonly string[]): string {
  const names = environments.filter(name => name !== '').map(name => code(name));
  return names.length === 0 ? '' : ` (${someOf(names).join(', ')})`;
}

/** The first of many, and how many more there are. */
export function someOf(texts: readonly string[]): string[] {
  const some = firstOf(texts, MOST_NAMED);
  return some.map((text, index) => (index === MOST_NAMED ? `and ${text}` : text));
}

/** A heading that opens, and its content, which is closed at first. */
export function closed(title: string): { readonly before: string; readonly after: string } {
  return {
    before: `<details><summary>${title}</summary>\n\n`,
    after: '\n</details>\n\n',
  };
}
