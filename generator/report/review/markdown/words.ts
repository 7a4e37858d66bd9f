import type { ObjectName, Place } from '../../../ground/finding.ts';
import { shortened } from '../../shortened.ts';
import { placeText } from '../../text.ts';
import { objectText } from '../words.ts';
import { code } from './escape.ts';

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
  return names.length === 0 ? '' : ` (${shortened(names).join(', ')})`;
}

/** A heading that opens, and its content, which is closed at first. */
export function closed(title: string): { readonly before: string; readonly after: string } {
  return {
    before: `<details><summary>${title}</summary>\n\n`,
    after: '\n</details>\n\n',
  };
}
