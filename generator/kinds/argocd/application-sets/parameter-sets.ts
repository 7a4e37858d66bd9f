import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import { parseStream } from '../../../ground/yaml/yaml-text.ts';
import { selectsLabels } from '../../core/label-selector.ts';
import type { RepositoryTree } from '../../deployment-ends.ts';
import { gitParameters } from './git-parameters.ts';
import {
  combined,
  filledIn,
  flat,
  mergedOnto,
  type Notation,
  type Parameters,
} from './parameters.ts';

/** What a generator gives: a map of parameters for each Application that it has made. */
export interface ParameterSets {
  readonly sets: readonly Parameters[];
  /** The generators of which not all is known, by their fields: `clusters`. */
  readonly open: readonly string[];
}

/** What is the same for all generators of an ApplicationSet. */
export interface Generating {
  readonly notation: Notation;
  readonly tree: RepositoryTree | undefined;
  /** Selectors of generators in generators count only where the ApplicationSet says so. */
  readonly hasNestedSelectors: boolean;
}

/** Generators in generators are nested once; what is deeper Argo CD refuses. */
const DEEPEST = 2;

/** More Applications than anybody has made by one ApplicationSet. */
export const MOST_SETS = 1_000;

/**
 * The parameters of a generator: all of a list, of folders and files of the repository, and of what is
 * combined of these; of any other one map, in which nothing is known (docs/facts/argocd.md#generators).
 */
export function parameterSets(
  generator: JsonObject,
  generating: Generating,
  depth: number = 0,
): ParameterSets {
  const given = givenBy(generator, generating, depth);
  const selector = mapAt(generator, 'selector');
  const isIgnored = depth > 0 && !generating.hasNestedSelectors;
  if (isIgnored) return given;
  return {
    ...given,
    sets: given.sets.filter(
      ({ values, isOpen }) => isOpen || selectsLabels(selector, flat(values)),
    ),
  };
}

function givenBy(generator: JsonObject, generating: Generating, depth: number): ParameterSets {
  const [kind = '', ...others] = Object.keys(generator).filter(field => field !== 'selector');
  const settings = mapAt(generator, kind);
  if (others.length > 0 || depth > DEEPEST) return openOf(kind);
  if (kind === 'list') return listed(settings, generating);
  if (kind === 'git') {
    const found = gitParameters(settings, generating.notation, generating.tree);
    if (found === undefined) return openOf(kind);
    return found.length === 0 ? nothingHere(kind) : known(found);
  }
  if (kind === 'matrix') return matrix(settings, generating, depth);
  if (kind === 'merge') return merge(settings, generating, depth);
  return openOf(kind);
}

function openOf(kind: string): ParameterSets {
  return { sets: [{ values: {}, isOpen: true }], open: [kind] };
}

/** What is chosen lies in another repository, it seems: of the same patterns that have chosen something it is gone. */
function nothingHere(kind: string): ParameterSets {
  return { sets: [{ values: {}, isOpen: true, isOfNothing: true }], open: [kind] };
}

function known(sets: readonly JsonObject[]): ParameterSets {
  return { sets: sets.slice(0, MOST_SETS).map(values => ({ values, isOpen: false })), open: [] };
}

/** In the old form fields of `values` are named as `values.x`. */
function listed(list: JsonObject, { notation }: Generating): ParameterSets {
  const text = textAt(list, 'elementsYaml');
  const more = text === undefined ? [] : parsedList(text);
  if (more === undefined) return openOf('list');
  const elements = [...listAt(list, 'elements'), ...more].filter(isMap);
  return known(notation === 'go' ? elements : elements.map(flat));
}

/** Each combination; a generator may use what those before it give. */
function matrix(settings: JsonObject, generating: Generating, depth: number): ParameterSets {
  let result: ParameterSets = known([{}]);
  for (const child of listAt(settings, 'generators').filter(isMap)) {
    const open = new Set(result.open);
    const sets: Parameters[] = [];
    for (const before of result.sets) {
      if (sets.length >= MOST_SETS) break;
      const own = interpolated(child, before, generating.notation);
      const next = parameterSets(own, generating, depth + 1);
      for (const kind of next.open) open.add(kind);
      sets.push(...next.sets.map(set => combined(before, set, generating.notation)));
    }
    result = { sets: sets.slice(0, MOST_SETS), open: [...open] };
  }
  return result;
}

function interpolated(child: JsonObject, before: Parameters, notation: Notation): JsonObject {
  const filled: Json =
    Object.keys(before.values).length === 0 ? child : filledIn(child, before, notation);
  return isMap(filled) ? filled : {};
}

/** The sets of the first, with what others say of those that have the same keys. */
function merge(settings: JsonObject, generating: Generating, depth: number): ParameterSets {
  const all = listAt(settings, 'generators')
    .filter(isMap)
    .map(child => parameterSets(child, generating, depth + 1));
  const keys = listAt(settings, 'mergeKeys').map(String);
  const open = all.flatMap(part => part.open);
  const [first, ...others] = all;
  if (first === undefined || open.length > 0) return openOf(open.join(', ') || 'merge');
  const sets = others.reduce<readonly Parameters[]>(
    (base, part) => mergedOnto(base, part.sets, keys, generating.notation),
    first.sets,
  );
  return { sets, open };
}

/** The entries of a list that is written as a text of YAML; undefined: it is none. */
function parsedList(text: string): readonly Json[] | undefined {
  const { value: [list] = [] } = parseStream(text);
  return Array.isArray(list) ? list : undefined;
}
