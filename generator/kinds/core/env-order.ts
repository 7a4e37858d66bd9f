import type { Fault, Path, Report } from '../../core/finding.ts';
import { type JsonObject, scalarText } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import type { KeySet } from '../kind.ts';

export interface Environment {
  readonly env: readonly JsonObject[];
  /** The words of the command and its arguments, which may refer to variables. */
  readonly words: readonly { readonly text: string; readonly path: Path }[];
  /** Variables that come first, in this order; all others as they stand. */
  readonly order: readonly string[];
  /** Variables from envFrom, which count as defined before all others. */
  readonly before: KeySet;
  /** The entry of the spec. */
  readonly path: Path;
}

/** In a shell's words `$(date)` is a command; a variable's name is written in capitals. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

/** Kubernetes sets these in every container, whatever enableServiceLinks says. */
const ALWAYS_SET = /^KUBERNETES_(SERVICE_(HOST|PORT)|PORT)/;

/**
 * The variables of `order`, then the others as they stand, but NAME before each `$(NAME)`: the kubelet expands only
 * earlier variables (docs/facts/kubernetes.md#variables). Reports undefined variables and cycles.
 */
export function orderEnv(environment: Environment, report: Report): JsonObject[] {
  const byName = new Map(environment.env.map(variable => [scalarText(variable['name']), variable]));
  const names = [...environment.order.filter(name => byName.has(name)), ...byName.keys()];
  const ordered: JsonObject[] = [];
  const state = new Map<string, 'under way' | 'done'>();
  const chain: string[] = [];
  const visit = (name: string): void => {
    const variable = byName.get(name);
    if (variable === undefined || state.get(name) === 'done') return;
    if (state.get(name) === 'under way') {
      report(cycle(environment, name, chain));
      return;
    }
    state.set(name, 'under way');
    chain.push(name);
    for (const used of references(scalarText(variable['value']))) {
      if (used !== name || !environment.before.keys.has(name)) visit(used);
    }
    chain.pop();
    state.set(name, 'done');
    ordered.push(variable);
  };
  for (const name of names) visit(name);
  checkDefined(environment, byName, report);
  return ordered;
}

/** The names in `$(NAME)`; `$$(NAME)` is an escape. */
export function references(value: string): string[] {
  if (!value.includes('$(')) return [];
  const names: string[] = [];
  for (const [whole, name] of value.matchAll(/\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g)) {
    if (whole !== '$$' && name !== undefined) names.push(name);
  }
  return names;
}

function checkDefined(
  { env, words, before, path }: Environment,
  byName: ReadonlyMap<string, unknown>,
  report: Report,
): void {
  if (before.isOpen) return;
  const isDefined = (name: string): boolean =>
    byName.has(name) || before.keys.has(name) || ALWAYS_SET.test(name);
  const undefinedIn = (text: string): string[] => references(text).filter(name => !isDefined(name));
  const known = [...byName.keys(), ...before.keys];
  for (const { name, value } of env) {
    const at = [...path, 'env', scalarText(name)];
    for (const used of undefinedIn(scalarText(value))) report(unknownVariable(used, known, at));
  }
  for (const { text, path: at } of words) {
    const meant = undefinedIn(text).filter(name => VARIABLE.test(name));
    for (const used of meant) report(unknownVariable(used, known, at));
  }
}

function unknownVariable(name: string, known: Iterable<string>, path: Path): Fault {
  return {
    id: 'unknown-variable',
    message: `$(${name}) refers to a variable that is not defined`,
    hint: `${knownNames('variables', name, known)} For the text itself write $$(${name}).`,
    path,
  };
}

function cycle({ path }: Environment, name: string, chain: readonly string[]): Fault {
  const loop = [...chain.slice(chain.indexOf(name)), name];
  return {
    id: 'variable-cycle',
    message: `variables refer to each other in a circle: ${loop.join(' → ')}`,
    hint: 'Write one of them without $(…).',
    path: [...path, 'env', name],
  };
}
