import type { ObjectName } from '../../../core/finding.ts';
import { groupBy, isMap, type Json, type JsonObject, sortBy } from '../../../core/json.ts';
import { nameText, oneLine, shownLines } from '../../../report/text.ts';
import type { Both } from '../../diff.ts';
import type { ChangedObject, ChangeGroup, Review, ReviewedRisk, ShownField } from '../../review.ts';
import { isOpen, noteOf, objectText, shownNames, unitText } from '../../review.ts';
import { LEVELS, type Level } from '../../risk.ts';
import { type Bundle, bundlesOf } from '../entries.ts';
import { foldedRuns, linesOf, type Run } from '../line-diff.ts';

/** A change on the page: of one object, of several in the same way, or of many of a kind that come or go. */
export interface ChangeEntry {
  readonly id: string;
  readonly risks: readonly { readonly id: string }[];
  readonly views: readonly View[];
  readonly tags: FilterTags;
}

interface View {
  readonly title: string;
  readonly parts: readonly Passage[];
  readonly manifest: string;
  /** The number of the kept view that the script renders in place of both. */
  readonly kept?: number;
}

/** The changes of a review; those with the worst risks first. */
export function changeEntries(review: Review, risksOf: RisksOf): ChangeEntry[] {
  const hasRisks = (group: ChangeGroup): boolean => risksOfGroup(group, risksOf).length > 0;
  const found = bundlesOf(review.changes, hasRisks).map(bundle => {
    return { bundle, risks: bundle.flatMap(group => risksOfGroup(group, risksOf)) };
  });
  const rank = ({ risk }: PlacedRisk): number =>
    isOpen(risk) ? LEVELS.indexOf(risk.level) : LEVELS.length;
  const ranked = sortBy(found, ({ risks }) => String(Math.min(...risks.map(rank), LEVELS.length)));
  return ranked.map(({ bundle, risks }, index) => {
    const entry = changeEntry(bundle, risks, `change-${index + 1}`);
    const isWholesale = risks.length === 0 && areWholesale(review, entry.tags.environments);
    return { ...entry, isWholesale };
  });
}

function risksOfGroup({ objects }: ChangeGroup, risksOf: RisksOf): PlacedRisk[] {
  const found = objects.flatMap(object => {
    const { environment, pair, movedFrom = environment } = object;
    return [...risksOf(object, environment), ...(pair ? risksOf(pair, movedFrom) : [])];
  });
  return [...new Map(found.map(placed => [placed.id, placed])).values()];
}

function changeEntry(groups: Bundle, risks: readonly PlacedRisk[], id: string) {
  const [{ what }] = groups;
  const objects = groups.flatMap(group => group.objects);
  const fields = groups.flatMap(group => group.fields);
  const kinds = new Set(objects.map(({ kind }) => kind));
  const names = new Set(objects.map(({ name }) => name));
  const [name = ''] = names;
  const isMove = what === 'changed' && fields.length === 0;
  return {
    id,
    what,
    label: isMove ? 'moved' : what,
    kind: kinds.size === 1 ? oneLine(objects[0]?.kind ?? '') : '',
    name: names.size === 1 ? oneLine(name) : `${objects.length} objects`,
    objects: objectLines(what, objects, kinds.size > 1),
    fields: fields.map(fieldEntry),
    risks: risks.map(({ id: to, risk }) => ({ id: to, rule: risk.rule, level: levelOf(risk) })),
    views: isMove ? [] : groups.map(group => viewOf(group, groups.length > 1)),
    // Hidden values that change, which the manifests cannot show.
    hidden: fields.filter(field => field.isHidden && field.base === field.head).length,
    tags: {
      environments: [...new Set(objects.map(({ environment }) => environment))],
      kinds: [...kinds],
      levels: levelsOf(risks),
    },
  };
}

function viewOf({ objects, manifests }: ChangeGroup, isOneOfMany: boolean): View {
  const { base, head } = manifests();
  const single = base === undefined ? head : head === undefined ? base : undefined;
  const [first] = objects;
  const isNamed = first !== undefined && (isOneOfMany || objects.length > 1);
  const where = first?.environment ? ` in ${oneLine(first.environment)}` : '';
  return {
    title: isNamed ? `${objectText(first)}${where}` : '',
    parts: base !== undefined && head !== undefined ? sideBySide(base, head) : [],
    manifest: single === undefined ? '' : linesOf(single).join('\n'),
  };
}

function objectLines(what: What, objects: readonly ChangedObject[], hasKinds: boolean) {
  const lines = objects.map(object => ({
    text: oneLine(hasKinds ? `${object.kind} ${nameText(object)}` : nameText(object)),
    notes: notesOf(what, object),
    environment: object.environment,
  }));
  const alike = groupBy(lines, ({ text, notes }) => JSON.stringify([text, notes]));
  return [...alike.values()].map(all => {
    return { ...all[0], environments: shownNames(all.map(({ environment }) => environment)) };
  });
}

type What = ChangeGroup['what'];

function notesOf(what: What, { movedFrom, pair, outcome }: ChangedObject): string[] {
  const verb = what === 'removed' ? 'seems to become' : 'was';
  const before = what === 'replaced' ? 'the old one is ' : 'outcome: ';
  return [
    ...(pair === undefined ? [] : [`${verb} ${objectText(pair)}`]),
    ...(movedFrom === undefined ? [] : [`until now applied by ${unitText(movedFrom)}`]),
    ...(outcome === undefined ? [] : [before + oneLine(outcome)]),
  ];
}

const SHORT = 72;

const OPEN = 40;

function fieldEntry(shown: ShownField) {
  const { what, base, head } = shown;
  const named = { what, field: oneLine(shown.field), folded: 0, parts: [] };
  const note = noteOf(shown);
  if (note !== undefined)
    return { ...named, note: what === 'reordered' ? `in ${note}` : note, isShort: true };
  if (base?.includes('\n') === true && head?.includes('\n') === true) {
    // Of what is far from any change nothing can be opened.
    const parts = passages(base.split('\n'), head.split('\n')).map(passage =>
      passage.what === 'folded' ? { ...passage, text: '' } : passage,
    );
    return { ...named, note: '', isShort: false, folded: foldedOf(shownCount(parts)), parts };
  }
  const isShort = [base, head].every((text = '') => text.length <= SHORT && !text.includes('\n'));
  const pair = isShort && base !== undefined && head !== undefined && differing(base, head);
  return {
    ...named,
    note: '',
    isShort,
    folded: foldedOf([base, head].reduce((sum, text = '') => sum + text.split('\n').length, 0)),
    ...(base !== undefined && { base: pair ? pair.base : whole(base) }),
    ...(head !== undefined && { head: pair ? pair.head : whole(head) }),
  };
}

function foldedOf(lines: number): number {
  return lines > OPEN ? lines : 0;
}

function shownCount(parts: readonly Passage[]): number {
  const counts = parts.map(part =>
    part.what === 'replaced'
      ? Math.max(part.base.length, part.head.length)
      : part.text.split('\n').length,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The most characters of manifests that the page has as HTML, to be read without a script. */
const ROOM = 200_000;

/** Takes the manifests that have no room out of the page: kept as data, each line once, for the script to render. */
export function withKeptViews(all: readonly ChangeEntry[]): {
  readonly changes: readonly ChangeEntry[];
  readonly kept: string;
} {
  const numbers = new Map<string, number>();
  const views: string[][] = [];
  let rest = ROOM;
  const changes = all.map(change => ({
    ...change,
    views: change.views.map(view => {
      rest -= sizeOf(view);
      if (rest >= 0) return view;
      views.push(codeOf(view, numbers));
      return { title: view.title, parts: [], manifest: '', kept: views.length - 1 };
    }),
  }));
  const lines = [...numbers.keys()].map(shownLines);
  // In a script only this sign could end it, or begin a comment.
  const kept = JSON.stringify({ lines, views }).replaceAll('<', '\\u003c');
  return views.length === 0 ? { changes: all, kept: '' } : { changes, kept };
}

function sizeOf({ parts, manifest }: View): number {
  const lengths = parts.flatMap(part =>
    part.what === 'replaced'
      ? [...part.base, ...part.head].map(line => textOf(line).length + FRAME)
      : part.text.length * (part.what === 'same' ? 2 : 1) + FRAME,
  );
  return lengths.reduce((sum, length) => sum + length, manifest.length);
}

const FRAME = 60;

/** A letter for the kind of a passage, and its lines: `s0+3 7`, or `r1|2` of replaced lines. */
function codeOf({ parts, manifest }: View, numbers: Map<string, number>): string[] {
  const runs = (lines: readonly string[]): string => runsOf(lines, numbers);
  if (parts.length === 0) return [`m${runs(manifest.split('\n'))}`];
  return parts.map(part => {
    if (part.what === 'replaced')
      return `r${runs(part.base.map(textOf))}|${runs(part.head.map(textOf))}`;
    return `${part.what === 'same' ? 's' : 'f'}${runs(part.text.split('\n'))}`;
  });
}

function textOf({ before, middle, after }: (Passage & { what: 'replaced' })['base'][number]) {
  return before + middle + after;
}

function runsOf(lines: readonly string[], numbers: Map<string, number>): string {
  const runs: { readonly from: number; more: number }[] = [];
  for (const line of lines) {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    const last = runs.at(-1);
    if (last !== undefined && last.from + last.more + 1 === number) last.more += 1;
    else runs.push({ from: number, more: 0 });
  }
  return runs.map(({ from, more }) => (more === 0 ? `${from}` : `${from}+${more}`)).join(' ');
}

type Passage =
  /** Lines that both sides have; `folded`: far from any change. The text is empty if it cannot be opened. */
  | { readonly what: 'same' | 'folded'; readonly text: string; readonly count: number }
  | ({ readonly what: 'replaced' } & Both<readonly Differing[]>);

const AROUND = 3;

/** Two manifests of an object, line by line. The fields of base are in the order of head, as their order is no change. */
export function sideBySide(base: JsonObject, head: JsonObject): Passage[] {
  return passages(linesOf(inOrderOf(base, head)), linesOf(head));
}

function passages(base: readonly string[], head: readonly string[]): Passage[] {
  return foldedRuns(base, head, AROUND).map(run => {
    if (!run.isSame) return replaced(run);
    const { lines, isFolded } = run;
    return { what: isFolded ? 'folded' : 'same', text: lines.join('\n'), count: lines.length };
  });
}

function inOrderOf(value: Json, model: Json | undefined): Json {
  if (Array.isArray(value))
    return value.map((item, at) => inOrderOf(item, Array.isArray(model) ? model[at] : undefined));
  if (!isMap(value)) return value;
  const fields = isMap(model) ? model : {};
  const order = new Map(Object.keys(fields).map((name, at) => [name, at]));
  let last = -1;
  const placed = Object.entries(value).map(([name, field = null]) => {
    last = order.get(name) ?? last;
    return { at: last, entry: [name, inOrderOf(field, fields[name])] as const };
  });
  return Object.fromEntries(placed.sort((a, b) => a.at - b.at).map(({ entry }) => entry));
}

function replaced({ base, head }: Run & { readonly isSame: false }): Passage {
  if (base.length !== head.length)
    return { what: 'replaced', base: base.map(whole), head: head.map(whole) };
  const rows = base.map((line, index) => differing(line, head[index] ?? ''));
  return { what: 'replaced', base: rows.map(row => row.base), head: rows.map(row => row.head) };
}

type Differing = Readonly<Record<'before' | 'middle' | 'after', string>>;

/** Two texts with the words between their common ends. If little is common, nothing is marked. */
export function differing(base: string, head: string): Both<Differing> {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && base[start] === head[start]) start += 1;
  while (isInWord(base, start) || isInWord(head, start)) start -= 1;
  let end = 0;
  while (end < shorter - start && base.at(-1 - end) === head.at(-1 - end)) end += 1;
  while (isInWord(base, base.length - end) || isInWord(head, head.length - end)) end -= 1;
  const indent = /^[\s-]*/.exec(base)?.[0].length ?? 0;
  if ((start + end - indent) * 3 < shorter - indent)
    return { base: whole(base), head: whole(head) };
  return { base: parted(base, start, end), head: parted(head, start, end) };
}

function isInWord(text: string, at: number): boolean {
  const around = text.slice(Math.max(0, at - 1), at + 1);
  return /^[\p{L}\p{N}]{2}$/u.test(around) || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(around);
}

function parted(text: string, start: number, end: number): Differing {
  const last = text.length - end;
  return { before: text.slice(0, start), middle: text.slice(start, last), after: text.slice(last) };
}

function whole(text: string): Differing {
  return { before: text, middle: '', after: '' };
}

export interface FilterTags {
  readonly environments: readonly string[];
  readonly kinds: readonly string[];
  readonly levels: readonly FilterLevel[];
}

const OTHER_LEVELS = ['new error', 'new warning', 'acknowledged', 'no risk'] as const;

type FilterLevel = Level | (typeof OTHER_LEVELS)[number];

export function filterChoices(entries: readonly { readonly tags: FilterTags }[]): FilterTags {
  const all = entries.map(({ tags }) => tags);
  const levels = new Set(all.flatMap(tags => tags.levels));
  return {
    environments: [...new Set(all.flatMap(tags => tags.environments))].sort(),
    kinds: [...new Set(all.flatMap(tags => tags.kinds))].sort(),
    levels: [...LEVELS, ...OTHER_LEVELS].filter(level => levels.has(level)),
  };
}

/** An entry with short tags, as a page may have thousands: `[[0,2],[1],[0]]`, the indexes of its values in `filterChoices`. */
export function coded<T extends { readonly tags: Partial<FilterTags> }>(
  values: readonly (readonly string[])[],
): (entry: T) => Omit<T, 'tags'> & { readonly tags: string } {
  const places = values.map(list => new Map(list.map((value, index) => [value, index])));
  return entry => {
    const { environments, kinds, levels } = entry.tags;
    const codes = [environments, kinds, levels].flatMap((list, filter) =>
      list ? [[...new Set(list)].map(value => places[filter]?.get(value) ?? -1)] : [],
    );
    return { ...entry, tags: JSON.stringify(codes) };
  };
}

interface PlacedRisk {
  readonly id: string;
  readonly risk: ReviewedRisk;
}

/** The risks of an object in an environment: those about it, and those that name it. */
export type RisksOf = (object: ObjectName, environment: string) => readonly PlacedRisk[];

/** The risks of a review by their objects, without namespaces: a risk of several environments has that of the first. */
export function risksByObject({ risks }: Review): RisksOf {
  const placed = risks.flatMap((risk, index) => {
    const objects = [risk.object, ...risk.related.map(({ object }) => object)];
    const keys = objects.flatMap(object => risk.environments.map(name => keyOf(object, name)));
    return [...new Set(keys)].map(key => ({ key, id: `risk-${index + 1}`, risk }));
  });
  const byKey = groupBy(placed, ({ key }) => key);
  return (object, environment) => byKey.get(keyOf(object, environment)) ?? [];
}

function keyOf({ kind, name }: ObjectName, environment: string): string {
  return JSON.stringify([environment, kind, name]);
}

export function levelsOf(risks: readonly PlacedRisk[]): FilterLevel[] {
  const levels = [...new Set(risks.map(({ risk }) => levelOf(risk)))];
  return levels.length === 0 ? ['no risk'] : levels;
}

export function levelOf(risk: ReviewedRisk): FilterLevel {
  return isOpen(risk) ? risk.level : 'acknowledged';
}

/** Whether environments come or go as a whole: then their objects are no news. */
export function areWholesale(review: Review, environments: readonly string[]): boolean {
  return environments.every(unit =>
    review.environments.some(({ name, presence }) => name === unit && presence.startsWith('only')),
  );
}
