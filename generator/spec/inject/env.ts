import type { Report } from '../../core/finding.ts';
import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  scalarText,
  stableText,
  valueAt,
} from '../../core/json.ts';
import { shortHash } from '../../core/kube-object.ts';
import { orderEnv, references } from '../../kinds/pods.ts';
import { type InjectedContainer, textsAt } from './annotations.ts';
import type { WantedVariable } from './wanted.ts';

export interface Owner {
  readonly subject: string;
  readonly report: Report;
}

interface EnvBefore {
  readonly list: readonly Json[];
  /** Injected variables that stay, as they replaced a text: texts may be secret and are not recorded. */
  readonly unkept: ReadonlySet<string>;
}

/** Takes recorded variables out again. A variable that was replaced gets its former `valueFrom` back. */
export function envBefore(list: readonly Json[], recorded: JsonObject): EnvBefore {
  const ours = new Set(textsAt(recorded, 'env'));
  const unkept = new Set<string>();
  const before = list.flatMap((entry): Json[] => {
    const name = nameIn(entry);
    if (!ours.has(name)) return [entry];
    const kept = valueAt(recorded, ['was', name]);
    if (isMap(kept)) return [{ name, ...kept }];
    if (typeof kept !== 'string') return [];
    // Somebody has written it since.
    if (kept === markOf(entry)) unkept.add(name);
    return [entry];
  });
  return { list: before, unkept };
}

function nameIn(entry: Json): string {
  return isMap(entry) ? scalarText(entry['name']) : '';
}

function markOf(entry: Json): string {
  return shortHash(stableText(entry));
}

type MergedEnv = Pick<InjectedContainer, 'env' | 'was'> & { readonly list: readonly Json[] };

/** Puts each new variable last, or before the first that refers to it (docs/facts/kubernetes.md#variables). */
export function envAfter(
  before: EnvBefore,
  wanted: readonly WantedVariable[],
  owner: Owner,
): MergedEnv {
  const unique = uniqueNames(wanted, owner);
  const { list, fresh, was } = replaced(before, unique, owner);
  for (const name of before.unkept)
    if (!Object.hasOwn(was, name))
      owner.report({
        id: 'replaced-text',
        message: `${name} of ${owner.subject} was a text before it was replaced, and a text is not kept`,
        hint: `Write ${name} into the manifest as it should be, in the place of what was injected.`,
        path: ['spec'],
      });
  const merged = merge(list, ordered(fresh, owner));
  const ours = unique.filter(one => fresh.includes(one) || Object.hasOwn(was, one.name));
  checkOrder(merged, new Map(ours.map(one => [one.name, one])), owner);
  return { list: merged, env: ours.map(({ name }) => name).sort(), was };
}

function uniqueNames(wanted: readonly WantedVariable[], { report }: Owner): WantedVariable[] {
  const byName = new Map<string, WantedVariable>();
  for (const one of wanted) {
    const first = byName.get(one.name);
    if (first === undefined) byName.set(one.name, one);
    else if (!isSame(first.variable, one.variable))
      report({
        id: 'variable-conflict',
        message: `"${first.at[2]}" and "${one.at[2]}" give ${one.name} different values`,
        hint: 'Keep one of them.',
        path: one.at,
        related: [{ note: 'the other one', path: first.at }],
      });
  }
  return [...byName.values()];
}

function replaced(
  { list: before, unkept }: EnvBefore,
  wanted: readonly WantedVariable[],
  { subject, report }: Owner,
): Pick<MergedEnv, 'list' | 'was'> & { readonly fresh: readonly WantedVariable[] } {
  const indexOf = new Map(before.map((entry, index) => [nameIn(entry), index]));
  const list = [...before];
  const was: Record<string, JsonObject | string> = {};
  for (const { name, variable, isReplacing, at } of wanted) {
    const index = indexOf.get(name) ?? list.length;
    const old = list[index];
    if (old === undefined || (isSame(old, variable) && !unkept.has(name))) continue;
    if (!isReplacing) {
      const message = `${subject} has ${name} already, with another value`;
      const hint = 'Leave it out here, or say `replace: true` in the entry.';
      report({ id: 'variable-conflict', message, hint, path: at });
    }
    list[index] = variable;
    was[name] = (unkept.has(name) ? undefined : keptOf(old)) ?? markOf(variable);
  }
  return { list, was, fresh: wanted.filter(({ name }) => !indexOf.has(name)) };
}

function keptOf(entry: Json): JsonObject | undefined {
  const { value, valueFrom } = isMap(entry) ? entry : {};
  const isText = value !== undefined && value !== null && value !== '';
  return !isText && isMap(valueFrom) ? { valueFrom } : undefined;
}

function ordered(fresh: readonly WantedVariable[], { report }: Owner): JsonObject[] {
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

function merge(list: readonly Json[], fresh: readonly JsonObject[]): readonly Json[] {
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

function usedBy(entry: Json): string[] {
  return isMap(entry) ? references(scalarText(entry['value'])) : [];
}

function checkOrder(
  list: readonly Json[],
  ours: ReadonlyMap<string, WantedVariable>,
  { subject, report }: Owner,
): void {
  const defined = new Set<string>();
  const names = new Set(list.map(nameIn));
  for (const entry of list) {
    const one = ours.get(nameIn(entry));
    for (const used of usedBy(entry))
      if (one !== undefined && names.has(used) && !defined.has(used) && used !== one.name) {
        const message = `"${one.name}" refers to $(${used}), which ${subject} defines later`;
        const hint = `What is there keeps its order: move ${used} up, or write ${one.name} without $(${used}).`;
        report({ id: 'variable-order', message, hint, path: one.at });
      }
    defined.add(nameIn(entry));
  }
}
