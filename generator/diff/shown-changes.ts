import type { Path } from '../core/finding.ts';
import { isSame, type Json, type JsonObject } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { CHANGED, HIDDEN, maskMessage } from '../core/mask.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import { shownAt } from '../report/mask.ts';
import { renderValue } from '../yaml/write.ts';
import { changeOf } from './compare.ts';
import { deletionOf } from './deletion.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  environmentOf,
  type FieldChange,
} from './field-changes.ts';
import type {
  ChangedObject,
  ChangeGroup,
  EnvironmentReview,
  Review,
  ShownField,
} from './review.ts';

/** Changes in the order of their first object; what is the same in several comes once. */
export function changeGroups(comparisons: readonly Comparison[]): ChangeGroup[] {
  const groups = new Map<
    string,
    { readonly group: ChangeGroup; readonly objects: ChangedObject[] }
  >();
  for (const comparison of comparisons) {
    for (const told of toldIn(comparison)) {
      const shown = shownChange(told);
      const key = keyOf(told, shown.fields, comparison);
      const objects: ChangedObject[] = groups.get(key)?.objects ?? [];
      if (objects.length === 0) groups.set(key, { objects, group: { ...shown, objects } });
      objects.push(changedObject(told, comparison));
    }
  }
  return [...groups.values()].map(({ group }) => group);
}

/** A change as it is told. */
interface Told {
  readonly what: ChangeGroup['what'];
  readonly object: PlacedObject;
  /** What it was on base, also under another name. */
  readonly before?: PlacedObject;
  /** The other of two names that an object has on the sides. */
  readonly pair?: PlacedObject | undefined;
  /** It is another unit's now. */
  readonly isMoved?: boolean;
  readonly differing?: Changed | undefined;
}

/** The changes of a comparison: what is removed under one name and added under another is one. */
function toldIn({ changes }: Comparison): Told[] {
  const replaced = new Set(
    changes.flatMap(change => (change.what === 'added' ? (change.was ?? []) : [])),
  );
  return changes
    .filter(change => change.what !== 'removed' || !replaced.has(change.base))
    .map(toldOf);
}

function toldOf(change: Change): Told {
  if (change.what === 'changed') {
    const { base, head, isMoved = false } = change;
    return { what: 'changed', object: head, before: base, isMoved, differing: change };
  }
  if (change.what === 'removed')
    return { what: 'removed', object: change.base, before: change.base, pair: change.becomes };
  const { head, was } = change;
  if (was === undefined) return { what: 'added', object: head };
  return { what: 'replaced', object: head, before: was, pair: was, differing: changeOf(was, head) };
}

/** The fields that differ; of what is replaced without what its names tell already. */
function fieldsOf({ what, differing }: Told): FieldChange[] {
  return (differing?.fields ?? []).filter(
    ({ field }) => what !== 'replaced' || !/^metadata\.(name|namespace)$/.test(field),
  );
}

function shownChange(told: Told): Omit<ChangeGroup, 'objects'> {
  const { what, object, before, differing } = told;
  return {
    what,
    fields: fieldsOf(told).map(field => shownField(differing as Changed, field)),
    manifests: () => ({
      ...(before !== undefined && { base: shownObject(before) }),
      ...(what !== 'removed' && { head: shownObject(object) }),
    }),
  };
}

/**
 * A change of fields is the same on any object; what only moves, moves with all that goes the same way;
 * an object comes or goes under its own name.
 */
function keyOf(told: Told, fields: readonly ShownField[], comparison: Comparison): string {
  const { what, object, before, isMoved } = told;
  const { group, kind, name } = object;
  const raw = fieldsOf(told).map(({ base, head }) => [base ?? null, head ?? null]);
  const same = [fields, raw, isMoved];
  if (what !== 'changed') return JSON.stringify([what, group, kind, name, before?.name, same]);
  if (fields.length > 0) return JSON.stringify([kind, same]);
  const ends = [before ?? object, object].map(one => environmentOf(comparison, one));
  return JSON.stringify(['moved', ...ends]);
}

function changedObject(told: Told, comparison: Comparison): ChangedObject {
  const { what, object, before, pair } = told;
  const environment = environmentOf(comparison, object);
  const from = before === undefined ? undefined : environmentOf(comparison, before);
  const { isMoved = from !== environment } = told;
  return {
    environment,
    ...objectName(object),
    ...(isMoved && from !== undefined && { movedFrom: from }),
    ...(pair !== undefined && { pair: objectName(pair) }),
    ...(what !== 'changed' &&
      before !== undefined && { outcome: deletionOf(comparison, before).text }),
  };
}

function shownObject({ json }: PlacedObject): JsonObject {
  return shownAt(asJson(json)) as JsonObject;
}

/** A field as it may be shown, without secrets. */
function shownField({ before, after }: Changed, change: FieldChange): ShownField {
  const { what, field, base, head, basePath, headPath } = change;
  const left = base === undefined ? undefined : shownSide(base, before, basePath);
  const right = head === undefined ? undefined : shownSide(head, after, headPath, left);
  return {
    what,
    field: maskMessage(field),
    ...(left !== undefined && { base: left.text }),
    ...(right !== undefined && { head: right.text }),
    isHidden: left?.isHidden === true || right?.isHidden === true,
  };
}

interface ShownSide {
  readonly text: string;
  readonly isHidden: boolean;
  /** What is hidden; it is held against the other side, and goes no further. */
  readonly secrets: ReadonlySet<string>;
}

/** A value as it may be shown. Where more than secrets changes, those that do are marked on head. */
function shownSide(
  value: Json,
  object: KubeObject,
  path: Path | undefined,
  base?: ShownSide,
): ShownSide {
  const secrets = new Set<string>();
  const shown = shownAt(asJson(object), path, secret => {
    secrets.add(secret);
    return HIDDEN;
  });
  const side = { text: textOf(shown), isHidden: !isSame(value, shown), secrets };
  if (base === undefined || base.text === side.text || !side.isHidden) return side;
  const marked = shownAt(asJson(object), path, secret =>
    base.secrets.size === 0 || base.secrets.has(secret) ? HIDDEN : CHANGED,
  );
  return { ...side, text: textOf(marked) };
}

function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return renderValue(value).trimEnd();
}

/** The environments that a reader looks at one by one, and how many there are besides. */
export interface ToldEnvironments {
  readonly told: readonly EnvironmentReview[];
  /** Nothing changes in these, and nothing was found. */
  readonly quiet: number;
}

/** Of the environments those with changes, risks or findings, and those that were not read. */
export function toldEnvironments({ environments, findings }: Review): ToldEnvironments {
  const found = new Set(findings.flatMap(finding => finding.environments));
  const told = environments.filter(
    ({ name, presence, added, removed, changed, risks }) =>
      presence !== 'both' ||
      found.has(name) ||
      added + removed + changed + risks.block + risks.high + risks.warn > 0,
  );
  return { told, quiet: environments.length - told.length };
}

/** `247 units without changes`; nothing where all are told of. */
export function quietText({ quiet }: ToldEnvironments): string {
  if (quiet === 0) return '';
  return quiet === 1 ? '1 unit without changes' : `${quiet} units without changes`;
}

/** A manifest as lines of YAML. */
export function linesOf(object: Json): string[] {
  return renderValue(object).trimEnd().split('\n');
}

/** A line of a value that differs, and the side that has it; `…` stands for lines that are left out. */
interface ValueLine {
  readonly sign: '-' | '+' | ' ' | '…';
  readonly text: string;
}

/** How many unchanged lines stand around a change. */
const AROUND = 2;

/** So many lines of one field are shown. */
const MOST = 60;

/** What of a value differs, line by line: of a long text no more than that, and the lines around it. */
export function valueLines({ base, head }: ShownField): ValueLine[] {
  const [before, after] = [linesOfValueLines(base), linesOfValueLines(head)];
  const isPair = before.length > 1 && after.length > 1;
  const runs: Run[] = isPair
    ? lineDiff(before, after)
    : [{ isSame: false, base: before, head: after }];
  const lines = runs.flatMap((run, index) =>
    run.isSame
      ? around(run.lines, index === 0, index === runs.length - 1)
      : [...signed('-', run.base), ...signed('+', run.head)],
  );
  const more = lines.length - MOST;
  const shown = more > 1 ? [...lines.slice(0, MOST), left(more, 'more')] : lines;
  return [...shown, ...endOf(base, head)];
}

/** A break at the end of a text is the end of its last line, and begins none. */
function linesOfValueLines(text: string | undefined): string[] {
  return text === undefined ? [] : text.replace(/\n$/, '').split('\n');
}

/** Nothing else would show that only one side ends with a break. */
function endOf(base: string | undefined, head: string | undefined): ValueLine[] {
  if (base === undefined || head === undefined) return [];
  const [before, after] = [base.endsWith('\n'), head.endsWith('\n')];
  if (before === after) return [];
  return [{ sign: '…', text: `${after ? 'base' : 'head'} has no line break at the end` }];
}

function around(lines: readonly string[], isFirst: boolean, isLast: boolean): ValueLine[] {
  const [above, below] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND];
  const count = lines.length - above - below;
  if (count < 2) return signed(' ', lines);
  return [
    ...signed(' ', lines.slice(0, above)),
    left(count, 'unchanged'),
    ...signed(' ', lines.slice(above + count)),
  ];
}

function signed(sign: ValueLine['sign'], lines: readonly string[]): ValueLine[] {
  return lines.map(text => ({ sign, text }));
}

function left(count: number, what: string): ValueLine {
  return { sign: '…', text: `${count} ${what} lines` };
}

/** Lines that both sides have, or lines of one side that stand in place of the other's. */
export type Run =
  | { readonly isSame: true; readonly lines: readonly string[] }
  | { readonly isSame: false; readonly base: readonly string[]; readonly head: readonly string[] };

/** Above this many pairs of lines, all between the common ends is taken as replaced. */
const MANY = 4_000_000;

/** Two texts, line by line: the longest common subsequence stays, the rest is replaced. */
export function lineDiff(base: readonly string[], head: readonly string[]): Run[] {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && base[start] === head[start]) start += 1;
  let end = 0;
  while (end < shorter - start && base.at(-1 - end) === head.at(-1 - end)) end += 1;
  const before = base.slice(start, base.length - end);
  const after = head.slice(start, head.length - end);
  const isMany = before.length * after.length > MANY;
  const same = (lines: readonly string[]): Run[] =>
    lines.length === 0 ? [] : [{ isSame: true, lines }];
  return [
    ...same(base.slice(0, start)),
    ...(isMany ? [{ isSame: false, base: before, head: after } as const] : runs(before, after)),
    ...same(base.slice(base.length - end)),
  ];
}

function runs(base: readonly string[], head: readonly string[]): Run[] {
  const steps = [...stepsOf(base, head)];
  const found: Run[] = [];
  let [i, j] = [0, 0];
  for (let at = 0; at < steps.length; ) {
    const [line, other] = [i, j];
    const isSame = steps[at] === 'both';
    for (; at < steps.length && (steps[at] === 'both') === isSame; at += 1) {
      if (steps[at] !== 'head') i += 1;
      if (steps[at] !== 'base') j += 1;
    }
    const [before, after] = [base.slice(line, i), head.slice(other, j)];
    found.push(isSame ? { isSame, lines: before } : { isSame, base: before, head: after });
  }
  return found;
}

/** Which side has the next line, from the first to the last. */
function* stepsOf(
  base: readonly string[],
  head: readonly string[],
): Iterable<'both' | 'base' | 'head'> {
  const commonFrom = commonLengths(base, head);
  let [i, j] = [0, 0];
  while (i < base.length || j < head.length) {
    const isBase = commonFrom(i + 1, j) >= commonFrom(i, j + 1);
    const next = base[i] === head[j] ? 'both' : isBase ? 'base' : 'head';
    yield next;
    if (next !== 'head') i += 1;
    if (next !== 'base') j += 1;
  }
}

/** How many lines the rests of two texts have in common, from a line of each on; -1: no such rest. */
function commonLengths(
  base: readonly string[],
  head: readonly string[],
): (i: number, j: number) => number {
  const width = head.length + 1;
  const lengths = new Uint32Array((base.length + 1) * width);
  const lengthAt = (i: number, j: number): number =>
    j < width ? (lengths[i * width + j] ?? -1) : -1;
  for (let i = base.length - 1; i >= 0; i -= 1) {
    for (let j = head.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        base[i] === head[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  return lengthAt;
}
