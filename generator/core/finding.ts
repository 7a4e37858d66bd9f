/** The way to a value inside a document: names of map entries and indexes of lists. */
export type Path = readonly (string | number)[];

/** A place in a text file; line and column count from 1, columns in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface TextField {
  readonly path: Path;
  /** Points at the name of the last entry of the path instead of its value. */
  readonly isAboutName?: boolean;
  /** Where in the text it is (UTF-16 units from 0), if its parser says so and the path cannot. */
  readonly offset?: number;
}

/**
 * Something wrong in the user's input. `Field` is what it is about: a value in a text (`TextField`), or a field of an
 * object. `findingOf` (`yaml/places.ts`) looks up its line last: correct input pays nothing for places.
 */
export type Fault<Field = TextField> = Field & {
  /** Names the kind of fault, in kebab-case. */
  readonly id: string;
  readonly severity?: Finding['severity'];
  /** One sentence without a full stop, in the user's own words. */
  readonly message: string;
  readonly hint?: string;
  /** Second places, such as the earlier definition. */
  readonly related?: readonly Related<Field>[];
};

/** The fault of an entry without a field that it needs; `example` is a line of YAML. */
export function missing(field: string, path: Fault['path'], example: string): Fault {
  const entry = path.at(-1);
  return {
    id: 'missing-field',
    message: `"${field}" is missing${entry === undefined ? '' : ` in "${entry}"`}`,
    hint: `Add for example \`${example}\`.`,
    path,
  };
}

/** A fault of a part of a document as one of the whole document: `move` makes paths of the whole from those of the part. */
export function movedFault(fault: Fault, move: (path: Path) => Path): Fault {
  const { path, related } = fault;
  const moved = related?.map(second => ({ ...second, path: move(second.path) }));
  return { ...fault, path: move(path), ...(moved && { related: moved }) };
}

export type Related<Field = TextField> = Field & { readonly note: string };

/** A fault as it is shown: with its place, without its object and without possible secrets. No `at`: it is of no file. */
export interface Finding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  /** `spec.secrets.api.keys`, as kustomize and KRM write a field. */
  readonly field: string;
  readonly at?: Place;
  readonly object?: ObjectName;
  readonly related?: readonly (Pick<Finding, 'at' | 'object'> & { readonly note: string })[];
}

/** A Kubernetes object as people name it; a cluster-scoped one has no namespace. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** An object's name, where its kind is clear. */
export type NamespacedName = Readonly<Record<'namespace' | 'name', string>>;

export type Report = (fault: Fault) => void;

/** What a stage gives back: its value, unless there is a fault. */
export type Outcome<T> =
  | { readonly value: T; readonly faults: readonly never[] }
  | { readonly value?: undefined; readonly faults: readonly Fault[] };

/** The outcome of a stage that went well. */
export function ok<T>(value: T): Outcome<T> {
  return { value, faults: [] };
}

/** A stage's value if it found no fault. */
export function outcome<T>(value: T, faults: readonly Fault[]): Outcome<T> {
  return faults.length === 0 ? ok(value) : { faults };
}

/** The next stage, if the one before found no fault. */
export function andThen<A, B>(before: Outcome<A>, next: (value: A) => Outcome<B>): Outcome<B> {
  return before.value === undefined ? { faults: before.faults } : next(before.value);
}

/** `andThen` for a next stage that is a promise. */
export async function andThenAwait<A, B>(
  before: Outcome<A>,
  next: (value: A) => Promise<Outcome<B>>,
): Promise<Outcome<B>> {
  return before.value === undefined ? { faults: before.faults } : next(before.value);
}

/** The path as people write it: `spec.workloads.api.env.PORT`, `spec.args[0]`. */
export function fieldOf(path: Path): string {
  return path
    .map(step =>
      typeof step === 'number' ? `[${step}]` : /[.[\]]/.test(step) ? `["${step}"]` : `.${step}`,
    )
    .join('')
    .replace(/^\./, '');
}
