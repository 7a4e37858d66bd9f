import type { Path, Place, Related } from '../core/finding.ts';
import { groupBy, sortBy, textAt, valueAt } from '../core/json.ts';
import { displayKind, type ObjectField, objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import type { RuleFault } from '../lint/rule.ts';
import type { Changed, Diff, SideName } from './diff.ts';

/** `Deployment "api"`. */
export function nameOf({ kind, name }: PlacedObject): string {
  return `${kind} "${name}"`;
}

/** `the CNPG Cluster "db"`. */
export function theObject(object: PlacedObject): string {
  return `the ${displayKind(object)} "${object.name}"`;
}

/** Objects in a sentence: two by name, and how many more; with a verb for a single one, and for several. */
export function namesOf(places: readonly Named[], singular = '', several = ''): string {
  const [first = '', second, ...others] = placesOf(places).map(({ object }) => nameOf(object));
  const end = several && ` ${verb(places, singular, several)}`;
  if (second === undefined) return first + end;
  return others.length === 0
    ? `${first} and ${second}${end}`
    : `${first}, ${second} and ${others.length} more${end}`;
}

/** ` in the init container "migrate"`, where all places of objects are in such containers. */
export function initContainerText(places: readonly Placed[]): string {
  const names = places.map(({ object, path }) => {
    const index = path.indexOf('initContainers');
    return index < 0 ? undefined : textAt(object.json, ...path.slice(0, index + 2), 'name');
  });
  const quoted = [...new Set(names)].flatMap(name => (name === undefined ? [] : [`"${name}"`]));
  if (names.includes(undefined) || quoted.length === 0) return '';
  return ` in the init container${quoted.length === 1 ? '' : 's'} ${quoted.join(' and ')}`;
}

/** The verb after `namesOf`: `reads` of one object, `read` of several. */
export function verb(places: readonly Named[], singular: string, several: string): string {
  return placesOf(places).length === 1 ? singular : several;
}

/** `, which Deployment "a" and Job "b" read`; nothing without readers. */
export function readText(readers: readonly Placed[]): string {
  return readers.length === 0 ? '' : `, which ${namesOf(readers, 'reads', 'read')}`;
}

/** Keys in a sentence: `the key "a"`, `the keys "a" and "b"`. */
export function keysText(keys: readonly string[]): string {
  const names = [...new Set(keys)].sort().map(key => `"${key}"`);
  if (names.length <= 1) return `the key ${names[0] ?? ''}`;
  if (names.length > 5) return `${names.length} keys (${names.slice(0, 4).join(', ')} …)`;
  return `the keys ${inWords(names)}`;
}

/** `a, b and c`. */
export function inWords(texts: readonly string[]): string {
  const [last = '', ...others] = texts.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

/** The place of a field of a changed object: on head, else on base; of a default the field that would contain it. */
export function fieldPlace({ base, head }: Changed, path: Path, basePath: Path = path): SideField {
  if (valueAt(head.json, path) !== undefined) return placeOn('head', head, path);
  if (valueAt(base.json, basePath) !== undefined) return placeOn('base', base, basePath);
  const lengths = path.map((_, index) => index).reverse();
  const length = lengths.find(end => valueAt(head.json, path.slice(0, end)) !== undefined);
  return placeOn('head', head, path.slice(0, length));
}

/** A field of an object of one side; by default the object's name. */
export function placeOn(side: SideName, object: PlacedObject, path: Path = NAME): SideField {
  return { object, side, path };
}

const NAME = ['metadata', 'name'];

export type Placed = ObjectField;

/** An object, or what is about one. */
type Named = PlacedObject | (Pick<Placed, 'object'> & Partial<Placed>);

function placesOf(all: readonly Named[]): Placed[] {
  const places = all.map(item => ('object' in item ? item : { object: item }));
  return firstPlaces(places.map(place => ({ path: NAME, ...place })));
}

/** The first place of each object, sorted by the names of the objects: the order of files means nothing. */
export function firstPlaces<T extends Placed>(places: readonly T[]): T[] {
  const byObject = groupBy(places, ({ object }) => objectIdentity(object));
  return sortBy([...byObject], ([identity]) => identity).map(([, [first]]) => first);
}

/** Other objects of a risk, each once. */
export function relatedObjects(
  places: readonly Named[],
  side: RelatedObject['side'],
  note: string,
): RelatedObject[] {
  return placesOf(places).map(({ object, path }) => ({ object, path, side, note }));
}

/** The related fields of a lint finding, which are on head. */
export function relatedOnHead(related: RuleFault['related'] = []): RelatedObject[] {
  return related.map(field => ({ ...field, side: 'head' }));
}

/** The risk that a lint finding about head is. */
export function faultRisk({ object, path, message, hint, related }: RuleFault): Risk {
  return { ...placeOn('head', object, path), message, hint, related: relatedOnHead(related) };
}

/** `block`: data is lost, a unit cannot be applied, or pods cannot start. `high`: an outage is likely. `warn`: look. */
export type Level = 'block' | 'high' | 'warn';

export const LEVELS: readonly Level[] = ['block', 'high', 'warn'];

export function worstOf(levels: readonly Level[]): Level {
  return LEVELS.find(level => levels.includes(level)) ?? 'warn';
}

export interface RiskRule {
  /** Names the risk, in kebab-case; also the file, the page and the test folder. */
  readonly id: string;
  /** The level of the rule. A risk may have another in its circumstances. */
  readonly level: Level;
  /** The API server or the applier refuses what it finds, so that nothing of the unit is applied. */
  readonly refuses?: true | undefined;
  /** Lint rules that find the same. Their findings about objects of the risk are not shown. */
  readonly tells: readonly string[];
  readonly check: (diff: Diff) => Iterable<Risk>;
}

interface MadeRule extends RiskRule {
  /** The same rule with the rules of lint whose findings it stands for. */
  readonly inPlaceOf: (...tells: readonly string[]) => RiskRule;
}

function ruleOf(level: Level, refuses?: true) {
  return (id: string, check: RiskRule['check']): MadeRule => {
    const rule = { id, level, refuses, tells: [], check };
    return { ...rule, inPlaceOf: (...tells) => ({ ...rule, tells }) };
  };
}

export const block: ReturnType<typeof ruleOf> = ruleOf('block');
/** A blocker: the API server or the applier refuses what it finds. */
export const refusal: ReturnType<typeof ruleOf> = ruleOf('block', true);
export const high: ReturnType<typeof ruleOf> = ruleOf('high');
export const warn: ReturnType<typeof ruleOf> = ruleOf('warn');

/** A change that hurts: the object at risk, what will happen to it, and what to do instead. */
export interface Risk extends SideField, Omit<RuleFault, 'related'> {
  readonly at?: Place;
  readonly environment?: string;
  readonly level?: Level;
  /** The object whose removal or change is the cause, where it is not the object of the risk (`diff/risk-rules.ts`). */
  readonly cause?: PlacedObject;
  /** What happens to a removed object; absent: what its applier does with it (`deletionOf`). */
  readonly outcome?: string;
  readonly related?: readonly RelatedObject[];
}

export interface SideField extends ObjectField {
  readonly side: SideName;
}

export type RelatedObject = Related<SideField>;
