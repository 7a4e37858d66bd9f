import fc from 'fast-check';
import { stringify } from 'yaml';

/** A change of what stands at a place of a value, or of its name; places are counted round. */
export interface Change {
  readonly place: number;
  readonly value?: unknown;
  readonly name?: string;
}

/** Text that has a meaning somewhere: to YAML, JavaScript, a template, a shell, a CI, a terminal. */
const WORDS = [
  '', ' ', '\n', '\u0000', '\u001b[31m', '\u202e', '\u{1f600}\u0301', '\u00e4\n::error file=x::y',
  '##[error]', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '{{ .a',
  '{{ .a | default "b" }}', '$(', '$(A)$(B', '$'.concat('{a}'), '[', '*a', '<<', '---', 'a/b',
  'a.b[0]', '../..', '-rf', 'null', '~', 'yes', '0644', '1e400', '12345678901234567890',
  '2025-01-01', '.nan', '1h1d', '10Gi', '-1', 'aaa.bbb.svc', 'x'.repeat(300),
]; // biome-ignore format: a table

const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

function nested(depth: number, isMap: boolean): unknown {
  let value: unknown = 'deep';
  for (let at = 0; at < depth; at++) value = isMap ? { a: value } : [value];
  return value;
}

/** What stands somewhere by mistake, or on purpose. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.constantFrom<unknown>(null, {}, [], 0, -1.5, true, 2 ** 53, 1e300, [null], [{}], [[]], ['a']),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, { a: null }, { name: null }, { name: [3] }),
  word.map(name => Object.fromEntries([[name, { a: 1 }]])),
  fc.constantFrom({ toString: 'a' }, [{ toString: 'a' }, 'a']),
  word.map(name => [{ name }, { name }]),
  fc.tuple(fc.constantFrom(3, 60, 250), fc.boolean()).map(([depth, isMap]) => nested(depth, isMap)),
  fc.jsonValue({ maxDepth: 2 }),
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ place: fc.nat(), value }),
  fc.record({ place: fc.nat(), value: fc.constant(undefined) }),
  fc.record({ place: fc.nat(), name: word }),
);

/** The value of every one of these, with one to three changes. */
export function mutated<T>(
  values: readonly T[],
  by: fc.Arbitrary<Change> = change,
): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...values), fc.array(by, { minLength: 1, maxLength: 3 }))
    .map(([whole, changes]) => changes.reduce<unknown>(changed, whole));
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, at: Path = []): Path[] {
  const own = at.length === 0 ? [] : [at];
  if (typeof value !== 'object' || value === null) return own;
  const children = Object.entries(value).flatMap(([name, child]) =>
    pathsIn(child, [...at, Array.isArray(value) ? Number(name) : name]),
  );
  return [...own, ...children];
}

function changed(whole: unknown, { place, ...to }: Change): unknown {
  const paths = pathsIn(whole);
  const path = paths[place % Math.max(1, paths.length)];
  return path === undefined ? whole : changedAt(whole, path, to);
}

function changedAt(value: unknown, [step, ...rest]: Path, to: Omit<Change, 'place'>): unknown {
  if (step === undefined) return 'value' in to ? to.value : value;
  if (Array.isArray(value))
    return value.map((child, index) => (index === step ? changedAt(child, rest, to) : child));
  const entries = Object.entries(value as object).map(([name, child]) => {
    if (name !== step) return [name, child];
    const isRenamed = rest.length === 0 && to.name !== undefined;
    return [isRenamed ? to.name : name, changedAt(child, rest, to)];
  });
  return Object.fromEntries(entries);
}

const PIECES = [
  '&a ', '*a', '<<: *a\n', '!!binary ', '!x ', '? ', ': ', '- ', '\n---\n', '\n...\n', '#', '\t',
  '"', "'", '{', '}', '|\n', '>-\n', '%YAML 1.1\n', '\ufeff', '\r\n', '\u0085', '\u2028', '\u0000',
  '\ud800',
]; // biome-ignore format: a table

/** A piece put into a text, or a stretch taken out. */
interface Edit {
  readonly at: number;
  readonly piece: string;
  readonly cut: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  piece: fc.oneof(fc.constantFrom(...PIECES), word),
  cut: fc.oneof(fc.constant(0), fc.nat({ max: 20 }), fc.constant(1e9)),
});

function edited(text: string, { at, piece, cut }: Edit): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + piece + text.slice(place + cut);
}

/** How values become a text. */
export interface Layout {
  readonly form: 'json' | 'yaml';
  readonly edits: readonly Edit[];
}

/** Three in four texts are not broken. */
export const layout: fc.Arbitrary<Layout> = fc.record({
  form: fc.constantFrom('json', 'yaml'),
  edits: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(edit, { minLength: 1, maxLength: 2 }) },
  ),
});

/** A stream of documents, as the layout has it. */
export function written({ form, edits }: Layout, documents: readonly unknown[]): string {
  const texts = documents.map(document =>
    form === 'json' ? `${JSON.stringify(document) ?? ''}\n` : stringify(document ?? null),
  );
  return edits.reduce(edited, texts.join('---\n'));
}
