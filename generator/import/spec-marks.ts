import { isSame, type JsonObject, mapAt } from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import { daemonSet, deployment, statefulSet } from '../kinds/apps.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { generatedLabels } from '../spec/objects/applied-units.ts';
import type { SpecMarks } from './forms/form.ts';
import type { SpecDefaults } from './forms/resource.ts';
import { hasValues, type Wanted } from './wanted.ts';

/** The part of the objects that have to have a label for the spec to say it once: the others take it away. */
const SHARE = 0.9;

/** Labels and annotations that each environment's spec says once, by the environment; another has the same names, or none has them there. */
export function specMarks(
  all: readonly Wanted[],
  { name, omit }: SpecDefaults,
): ReadonlyMap<string, SpecMarks> {
  const usual = omit.includes('labels') ? {} : generatedLabels(name);
  const shared = all.map(wanted => {
    const objects = wanted.objects.filter(object => !hasValues(object));
    return {
      wanted,
      labels: sharedIn(objects, 'labels'),
      annotations: sharedIn(objects, 'annotations'),
    };
  });
  const inAll = (field: 'labels' | 'annotations', mark: string): boolean =>
    !Object.hasOwn(usual, mark) &&
    shared.every(one => Object.hasOwn(one[field], mark) || !isAnywhere(one.wanted, field, mark));
  const isCommon = (label: string): boolean =>
    shared.every(({ wanted, labels }) => isSelected(wanted, label, labels));
  return new Map(
    shared.map(({ wanted, labels, annotations }) => {
      const chosen = Object.entries(labels).filter(([label]) => inAll('labels', label));
      return [
        wanted.name,
        {
          labels: Object.fromEntries(chosen.filter(([label]) => !isCommon(label))),
          annotations: Object.fromEntries(
            Object.entries(annotations).filter(([mark]) => inAll('annotations', mark)),
          ),
          commonLabels: Object.fromEntries(chosen.filter(([label]) => isCommon(label))),
        },
      ];
    }),
  );
}

function isAnywhere({ objects }: Wanted, field: string, mark: string): boolean {
  return objects.some(({ json }) => Object.hasOwn(mapAt(asJson(json), 'metadata', field), mark));
}

/** The labels or annotations that nearly all objects have with the same value. */
function sharedIn(objects: readonly PlacedObject[], field: string): JsonObject {
  if (objects.length < 3) return {};
  const maps = objects.map(({ json }) => mapAt(asJson(json), 'metadata', field));
  const entries = maps.flatMap(map => Object.entries(map));
  return Object.fromEntries(
    entries.filter(
      ([name, value]) =>
        maps.filter(map => isSame(map[name], value)).length >= SHARE * objects.length,
    ),
  );
}

function isSelected({ objects }: Wanted, label: string, labels: JsonObject): boolean {
  const selectors = objects
    .filter(({ known }) => [deployment, statefulSet, daemonSet].some(kind => kind === known))
    .map(object => mapAt(specOf(object), 'selector', 'matchLabels'));
  return selectors.length > 0 && selectors.every(one => isSame(one[label], labels[label]));
}
