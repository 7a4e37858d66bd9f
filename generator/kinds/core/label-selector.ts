import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { PlacedObject } from '../kind.ts';

/** The API server gives each Namespace its name as a label. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Whether a label selector selects a namespace. One that is outside the set, and so without an
 * object, may have any labels but that of its name.
 */
export function selectsNamespace(
  selector: JsonObject,
  name: string,
  namespace: PlacedObject | undefined,
): boolean {
  const labels = { ...labelsOf(namespace), [NAME_LABEL]: name };
  return selects(selector, labels, label => namespace === undefined && label !== NAME_LABEL);
}

/** Whether a label selector selects an object of the set. */
export function selectsObject(selector: JsonObject, object: PlacedObject): boolean {
  return selectsLabels(selector, labelsOf(object));
}

/** Whether a label selector selects what has these labels. */
export function selectsLabels(selector: JsonObject, labels: JsonObject): boolean {
  return selects(selector, labels, () => false);
}

function labelsOf(object: PlacedObject | undefined): JsonObject {
  return mapAt(object?.json, 'metadata', 'labels');
}

/** A label that is open may have any value, or not be there. */
function selects(
  selector: JsonObject,
  labels: JsonObject,
  isOpen: (label: string) => boolean,
): boolean {
  const isMet = (label: string, test: (value: unknown) => boolean): boolean =>
    isOpen(label) || test(Object.hasOwn(labels, label) ? labels[label] : undefined);
  return (
    Object.entries(mapAt(selector, 'matchLabels')).every(([label, wanted]) =>
      isMet(label, value => value === wanted),
    ) &&
    listAt(selector, 'matchExpressions').every(expression =>
      isMet(textAt(expression, 'key') ?? '', value => holds(expression, value)),
    )
  );
}

/** As Kubernetes reads the expressions of a selector: In, NotIn, Exists, DoesNotExist. */
function holds(expression: unknown, value: unknown): boolean {
  const isListed = listAt(expression, 'values').some(listed => listed === value);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}
