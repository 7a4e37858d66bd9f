import { type ObjectName, type Outcome, ok, type Path } from '../ground/finding.ts';
import { matchesGlob } from '../ground/glob.ts';
import { schemaFaults, type Validator } from '../ground/schema/schema-check.ts';
import { knownNames } from '../ground/suggest.ts';

/** Somebody knows of something and writes down why it is right: what rule finds of what object. */
export interface Entry {
  readonly rule: string;
  /** `Kind/namespace/name` or `Kind/name`, with `*` and `?`. */
  readonly object: string;
  readonly reason?: string;
}

/** What is wrong with an entry; the path is inside of it. */
export interface EntryFault {
  readonly message: string;
  readonly hint: string;
  readonly path: Path;
}

/** How a kind of entry speaks of itself: an `acceptance` that `accepts`. */
export interface EntryWords {
  readonly noun: string;
  readonly verb: string;
  /** The ids of the rules that it may name. */
  readonly rules: ReadonlySet<string>;
}

/** The objects that an entry is about; `Kind/name` is the cluster's own and any namespace's. */
export function objectPattern(pattern: string): (object: ObjectName) => boolean {
  const [kindGlob = '', ...rest] = pattern.split('/');
  const nameGlob = rest.pop() ?? '';
  const namespaceGlob = rest.length === 0 ? '*' : rest.join('/');
  return ({ kind, namespace = '', name }) =>
    matchesGlob(kindGlob, kind) &&
    matchesGlob(namespaceGlob, namespace) &&
    matchesGlob(nameGlob, name);
}

/** What keeps an entry from having any effect: a rule that is none, or no reason. */
export function invalidEntry(
  { rule, reason = '' }: Omit<Entry, 'object'>,
  { noun, verb, rules }: EntryWords,
): EntryFault | undefined {
  if (!rules.has(rule)) {
    const message = `there is no rule "${rule}"`;
    return { message, hint: knownNames('rules', rule, rules), path: ['rule'] };
  }
  if (reason.trim() !== '') return undefined;
  return {
    message: `the ${noun} of "${rule}" gives no reason, and so ${verb} nothing`,
    hint: 'Say why it is right here, for those who read it later.',
    path: [],
  };
}

/** A document held against its schema. An empty one says nothing, which every field allows. */
export function checkDocument<T extends object>(
  document: unknown,
  validate: Validator,
): Outcome<Partial<T>> {
  if (document === undefined || document === null) return ok({});
  if (isOf<T>(document, validate)) return ok(document);
  return { faults: schemaFaults(validate.errors ?? [], document) };
}

function isOf<T>(document: unknown, validate: Validator): document is T {
  return validate(document);
}
