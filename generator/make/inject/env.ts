import type { Fault } from '../../ground/finding.ts';
import { isMap, isSame, type Json, type JsonObject, stableText } from '../../ground/json.ts';
import { shortHash } from '../../ground/plain-name.ts';
import { checkOrder, merge, nameIn, type Owner, ordered } from './env-place.ts';
import type { InjectedContainer } from './record.ts';
import type { WantedVariable } from './wanted.ts';

/** A list of variables, and which of them are ours. */
export interface MergedEnv extends Pick<InjectedContainer, 'env' | 'was'> {
  readonly list: readonly Json[];
}

/** A list without what is ours, and the names of those that stand for a text which is not kept. */
interface EnvBefore {
  readonly list: readonly Json[];
  readonly unkept: ReadonlySet<string>;
}

/**
 * Takes back what is recorded. What was replaced is as it was before, unless that was a text: then
 * ours stays, and its name is in `unkept`.
 */
export function envBefore(
  list: readonly Json[],
  { env, was }: Pick<InjectedContainer, 'env' | 'was'>,
): EnvBefore {
  const ours = new Set(env);
  const unkept = new Set<string>();
  const before = list.flatMap((entry): Json[] => {
    const name = nameIn(entry);
    if (!ours.has(name)) return [entry];
    const kept = Object.hasOwn(was, name) ? was[name] : undefined;
    if (kept === undefined) return [];
    if (typeof kept !== 'string') return [{ name, ...kept }];
    // Somebody has written it since.
    if (kept === markOf(entry)) unkept.add(name);
    return [entry];
  });
  return { list: before, unkept };
}

/**
 * Puts variables into a list. Others keep their order: one of ours comes after all of them, or in front of
 * the first that refers to it, since the kubelet expands only what is defined earlier
 * (docs/facts/kubernetes.md#variables). One that is there as it is wanted is not ours.
 */
export function envAfter(
  before: EnvBefore,
  wanted: readonly WantedVariable[],
  owner: Owner,
): MergedEnv {
  const unique = uniqueNames(wanted, owner);
  const { list, fresh, was } = replaced(before, unique, owner);
  for (const name of before.unkept)
    if (!Object.hasOwn(was, name)) owner.report(lostText(name, owner));
  const merged = merge(list, ordered(fresh, owner));
  const ours = unique.filter(one => fresh.includes(one) || Object.hasOwn(was, one.name));
  checkOrder(merged, new Map(ours.map(one => [one.name, one])), owner);
  return { list: merged, env: ours.map(({ name }) => name).sort(), was };
}

/** Replaces those that are there with another value, where that is asked for; the others are new. */
function replaced(
  { list: before, unkept }: EnvBefore,
  wanted: readonly WantedVariable[],
  owner: Owner,
): Pick<MergedEnv, 'list' | 'was'> & { readonly fresh: readonly WantedVariable[] } {
  const there = new Map(before.map((entry, index) => [nameIn(entry), index]));
  const list = [...before];
  const was: Record<string, JsonObject | string> = {};
  for (const one of wanted) {
    const { name, variable, isReplacing } = one;
    const index = there.get(name) ?? list.length;
    const old = list[index];
    if (old === undefined || (isSame(old, variable) && !unkept.has(name))) continue;
    if (!isReplacing) owner.report(conflict(one, owner));
    list[index] = variable;
    was[name] = (unkept.has(name) ? undefined : keptOf(old)) ?? markOf(variable);
  }
  return { list, was, fresh: wanted.filter(({ name }) => !there.has(name)) };
}

/** What a variable had before. A text may be a secret: it is not kept. */
function keptOf(entry: Json): JsonObject | undefined {
  const { value, valueFrom } = isMap(entry) ? entry : {};
  const isText = value !== undefined && value !== null && value !== '';
  return !isText && isMap(valueFrom) ? { valueFrom } : undefined;
}

/** Tells whether ours still stands in the place of a text. */
function markOf(entry: Json): string {
  return shortHash(stableText(entry));
}

/** One of each name; two entries that mean different things by it are a fault. */
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

function conflict({ name, at }: WantedVariable, { subject }: Owner): Fault {
  return {
    id: 'variable-conflict',
    message: `${subject} has ${name} already, with another value`,
    hint: 'Leave it out here, or say `replace: true` in the entry.',
    path: at,
  };
}

function lostText(name: string, { subject }: Owner): Fault {
  return {
    id: 'replaced-text',
    message: `${name} of ${subject} was a text before it was replaced, and a text is not kept`,
    hint: `Write ${name} into the manifest as it should be, in the place of what was injected.`,
    path: ['spec'],
  };
}
