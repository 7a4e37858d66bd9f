import type { Report } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, scalarText } from '../../ground/json.ts';
import { orderEnv, references } from '../objects/env-order.ts';
import type { WantedVariable } from './wanted.ts';

/** Who has the list, as messages name it. */
export interface Owner {
  readonly subject: string;
  readonly report: Report;
}

/** The name of an entry of `env`. */
export function nameIn(entry: Json): string {
  return isMap(entry) ? scalarText(entry['name']) : '';
}

function usedBy(entry: Json): string[] {
  return isMap(entry) ? references(scalarText(entry['value'])) : [];
}

/** Ours in an order of their own, each after those that it refers to. */
export function ordered(fresh: readonly WantedVariable[], { report }: Owner): JsonObject[] {
  const at = new Map(fresh.map(one => [one.name, one.at]));
  const [first] = fresh;
  if (first === undefined) return [];
  return orderEnv(
    {
      env: fresh.map(({ variable }) => variable),
      words: [],
      order: [],
      before: { keys: new Set(), isOpen: true },
      path: first.at.slice(0, -2),
    },
    fault => report({ ...fault, path: at.get(String(fault.path.at(-1))) ?? fault.path }),
  );
}

/** Puts each in front of the first that refers to it, be it by way of another of ours. */
export function merge(list: readonly Json[], fresh: readonly JsonObject[]): readonly Json[] {
  const firstUse = new Map<string, number>();
  for (const [index, entry] of list.entries())
    for (const used of usedBy(entry)) if (!firstUse.has(used)) firstUse.set(used, index);
  const places = new Map<string, number>();
  for (const entry of fresh.toReversed()) {
    const name = nameIn(entry);
    const place = Math.min(firstUse.get(name) ?? list.length, places.get(name) ?? list.length);
    places.set(name, place);
    for (const used of usedBy(entry))
      places.set(used, Math.min(place, places.get(used) ?? list.length));
  }
  const inFrontOf = (index: number): JsonObject[] =>
    fresh.filter(entry => places.get(nameIn(entry)) === index);
  return [
    ...list.flatMap((entry, index) => [...inFrontOf(index), entry]),
    ...inFrontOf(list.length),
  ];
}

/** Where others stand in an order that ours cannot fit in: they keep it. */
export function checkOrder(
  list: readonly Json[],
  ours: ReadonlyMap<string, WantedVariable>,
  { subject, report }: Owner,
): void {
  const defined = new Set<string>();
  const names = new Set(list.map(nameIn));
  for (const entry of list) {
    const one = ours.get(nameIn(entry));
    for (const used of usedBy(entry))
      if (one !== undefined && names.has(used) && !defined.has(used) && used !== one.name)
        report({
          id: 'variable-order',
          message: `"${one.name}" refers to $(${used}), which ${subject} defines later`,
          hint: `What is there keeps its order: move ${used} up, or write ${one.name} without $(${used}).`,
          path: one.at,
        });
    defined.add(nameIn(entry));
  }
}
