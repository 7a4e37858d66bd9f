import type { Fault, Path } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';
import {
  isReferenceName,
  optionBefore,
  secretIn,
  type TextPlace,
} from '../../ground/secret-literal.ts';

/**
 * Every value of the spec that looks like a secret. Only where it stands is told, never the value:
 * nothing else of a spec with such a value is reported, so that no message can quote it.
 */
export function secretValues(spec: unknown): Fault[] {
  const faults: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (value: unknown, place: TextPlace): void => {
    if (typeof value === 'string') {
      const what = secretIn(value, place);
      if (what !== undefined) faults.push(secretValue(what, [...path]));
    } else if (Array.isArray(value)) {
      visitItems(value, place);
    } else if (typeof value === 'object' && value !== null) {
      visitEntries(value, place);
    }
  };
  const visitItems = (list: readonly unknown[], place: TextPlace): void => {
    for (const [index, item] of list.entries()) {
      path.push(index);
      visit(item, { ...place, name: optionBefore(list, index) ?? place.name });
      path.pop();
    }
  };
  const visitEntries = (map: object, { name }: TextPlace): void => {
    for (const [key, child] of Object.entries(map)) {
      path.push(key);
      const what = key.length < 16 ? undefined : secretIn(key, anyName);
      if (what !== undefined)
        faults.push({ ...secretValue(what, [...path], 'this name'), isAboutName: true });
      visit(child, placeOf(map, key, name));
      path.pop();
    }
  };
  visit(spec, anyName);
  return faults;
}

const anyName: TextPlace = { name: '', isReference: true };

/** Maps and lists all of whose values are names. */
const COLLECTIONS_OF_NAMES = new Set([
  'keys',
  'manual',
  'external',
  'envFrom',
  'imagePullSecrets',
  'extraDatabases',
  'components',
  'inRoles',
]);

/** A value goes by its key; under `value`, by the name beside it, or by that of the map. */
function placeOf(map: object, key: string, name: string): TextPlace {
  const isReference = isReferenceName(key) || COLLECTIONS_OF_NAMES.has(name);
  if (COLLECTIONS_OF_NAMES.has(key)) return { name: key, isReference: true };
  if (key !== 'value') return { name: key, isReference };
  const beside = isMap(map) ? (map['name'] ?? map['key']) : undefined;
  return { name: typeof beside === 'string' ? beside : name, isReference: false };
}

function secretValue(what: string, path: Path, subject = 'this'): Fault {
  return {
    id: 'secret-value',
    message: `${subject} looks like ${what}, which a spec never holds (the value is not shown)`,
    hint: 'Put the value into the store and name its key here; if it was ever committed, replace it.',
    path,
  };
}
