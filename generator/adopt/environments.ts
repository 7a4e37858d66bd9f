import { isMap, isSame, type Json, type JsonObject, mapAt, valueAt } from '../ground/json.ts';
import { asJson } from '../ground/kube-object.ts';
import { isOneChoice, mergeEnvironment } from '../make/spec/merge-environment.ts';
import type { SpecObject } from '../make/spec/spec.ts';
import type { Draft } from './draft.ts';
import { documentOf, type WholeSpec } from './spec-of-draft.ts';

/** An environment's draft, and its spec. */
export interface EnvironmentSpec {
  readonly draft: Draft;
  readonly spec: WholeSpec;
}

/**
 * One spec for all environments, in every way that says the same: with each as the base, and with what
 * all share of it. The shortest first.
 */
export function mergedSpecs(all: readonly EnvironmentSpec[]): WholeSpec[] {
  const [only, ...others] = all;
  if (only === undefined) return [];
  if (others.length === 0 && only.draft.wanted.name === '') return [only.spec];
  const bases = all.slice(0, MOST_BASES).flatMap(({ spec }) => [spec, shared(spec, all)]);
  const found = bases.flatMap(base => merged(base, all));
  const sized = found.map(spec => ({ spec, size: JSON.stringify(spec).length }));
  const sorted = sized.sort((a, b) => a.size - b.size).map(({ spec }) => spec);
  return [...sorted, ...merged(bare(only.spec), all)];
}

function merged(base: WholeSpec, all: readonly EnvironmentSpec[]): WholeSpec[] {
  const spec = withEnvironments(base, all);
  return spec === undefined ? [] : [spec];
}

/** A base of no entries, which environments of any difference can be had of. */
function bare({ namespace = '', omit = [] }: WholeSpec): WholeSpec {
  return { namespace, omit };
}

/** Of how many environments each is tried as the base: each costs a comparison with all. */
const MOST_BASES = 8;

/** The entries of a spec that all environments have. */
function shared(spec: WholeSpec, all: readonly EnvironmentSpec[]): WholeSpec {
  const sections = Object.entries(spec).map(([section, entries]): [string, Json] => {
    if (!isMap(entries)) return [section, entries];
    const kept = Object.entries(entries).filter(([name]) =>
      all.every(other => Object.hasOwn(mapAt(other.spec, section), name)),
    );
    return [section, Object.fromEntries(kept)];
  });
  return Object.fromEntries(sections.filter(([, entries]) => !isEmpty(entries)));
}

function isEmpty(value: Json): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}

/** The base with what each environment changes; undefined where one cannot be had so. */
function withEnvironments(base: WholeSpec, all: readonly EnvironmentSpec[]): WholeSpec | undefined {
  const environments = all.map(({ draft, spec }): [string, JsonObject] => [
    draft.wanted.name,
    mapDifference(base, spec, { path: [], fieldOf: fieldOf(draft) }) ?? {},
  ]);
  const whole = { ...base, environments: Object.fromEntries(environments) };
  const isRight = all.every(({ draft, spec }) => isMerged(whole, draft.wanted.name, spec));
  return isRight ? whole : undefined;
}

/** Whether the environment comes out as it was, but for fields of patches that say what holds anyway. */
function isMerged(whole: WholeSpec, name: string, spec: WholeSpec): boolean {
  const merged = mergeEnvironment(asSpec(whole), name);
  const wanted = mergeEnvironment(asSpec(spec));
  return isSame(withoutPatches(merged), withoutPatches(wanted));
}

/** A whole spec has the shape of one; nothing but its merge is asked for here. */
function asSpec(spec: WholeSpec): SpecObject {
  return documentOf('', spec) as unknown as SpecObject;
}

/** Entries without their patches, which the proof looks at. */
function withoutPatches(spec: object): JsonObject {
  const sections = Object.entries(spec).map(([section, entries]): [string, Json] => {
    if (!isMap(entries)) return [section, entries];
    const bare = Object.entries(entries).map(([name, entry]): [string, Json] => {
      if (!isMap(entry)) return [name, entry];
      const { patch: _, ...rest } = entry;
      return [name, rest];
    });
    return [section, Object.fromEntries(bare)];
  });
  return Object.fromEntries(sections);
}

function fieldOf({ entries }: Draft): FieldOf {
  return ([section, name], kind, path) => {
    const entry = entries.find(one => one.section === section && one.name === name);
    const object = entry?.covers.find(cover => cover.kind === kind);
    const value = object && valueAt(asJson(object.json), path);
    return (value ?? null) as Json;
  };
}

/** What a field of a generated object is, of an environment's own: null where it has none. */
type FieldOf = (entry: readonly string[], kind: string, path: readonly string[]) => Json;

interface Place {
  readonly path: readonly string[];
  readonly fieldOf: FieldOf;
}

/**
 * What an environment says to have its spec of the base's, as `mergeEnvironment` puts the two together.
 * Null takes away what the base has; but in a patch it takes a field from the object, so there a field
 * that only the base's patch has is written as the environment's object has it.
 */
function mapDifference(base: JsonObject, want: JsonObject, place: Place): JsonObject | undefined {
  const change: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(base), ...Object.keys(want)])) {
    const [before, after] = [own(base, name), own(want, name)];
    const found = valueDifference(name, before, after, place);
    if (found !== undefined) change[name] = found;
  }
  return Object.keys(change).length === 0 ? undefined : change;
}

function valueDifference(
  name: string,
  before: Json | undefined,
  after: Json | undefined,
  { path, fieldOf }: Place,
): Json | undefined {
  if (isSame(before, after)) return undefined;
  const below = [...path, name];
  if (after === undefined) return removal(below, fieldOf);
  const isMerged = isMap(before) && isMap(after) && !isOneChoice(path);
  return isMerged ? mapDifference(before, after, { path: below, fieldOf }) : after;
}

function removal(path: readonly string[], fieldOf: FieldOf): Json {
  const [section = '', name = '', field, kind, ...inObject] = path;
  const isInPatch = field === 'patch' && kind !== undefined && inObject.length > 0;
  return isInPatch ? fieldOf([section, name], kind, inObject) : null;
}

function own(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
