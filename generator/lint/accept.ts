import { basename, dirname, join, relative, resolve } from 'node:path';
import { validate } from '#validators/rem-secrets-baseline';
import { type Fault, type Finding, type ObjectName, type Outcome, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, sortBy } from '../core/json.ts';
import { knownNames, matchesGlob } from '../core/names.ts';
import { schemaFaults, type Validator } from '../core/schema.ts';
import { annotationOf, type PlacedObject } from '../kinds/kind.ts';
import { type Identity, identityKey, identityOf } from '../report/causes.ts';
import { readConfigFile } from '../shell/config.ts';
import { writeInto } from '../shell/write-tree.ts';
import { isBelow } from '../world/inside.ts';
import { renderValue } from '../yaml/write.ts';
import type { LintReport } from './report.ts';
import { type ObjectFault, type Rule, warning } from './rule.ts';
import { rules } from './rules.ts';

/** An acceptance: a person lets the findings of a rule about some objects be, and says why. */
export interface Entry {
  readonly rule: string;
  /** `Kind/namespace/name` or `Kind/name`, with `*` and `?`. */
  readonly object: string;
  readonly reason?: string;
}

/** What is wrong with an entry; the path is from the entry. */
export interface EntryFault extends Pick<Fault, 'message' | 'path'> {
  readonly hint: string;
}

/** An annotation that accepts findings about its object: `<rule>: <reason>`, one a line. */
export const ACCEPT = 'rem-secrets.io/accept';

const words = { noun: 'acceptance', verb: 'accepts', rules: new Set(rules.map(({ id }) => id)) };

/** What is wrong with an acceptance. It sees faults, not the graph, so it is not in the list of rules. */
export const unusedAcceptance: Rule = warning('unused-acceptance', () => []);

interface Acceptance extends Omit<Entry, 'object'> {
  /** The index in the config, or the object and the line: the same in all overlays of a base. */
  readonly id: string | number;
  readonly isAbout: (object: PlacedObject) => boolean;
}

/** Faults without those that are accepted. */
export interface Judgement {
  readonly open: readonly ObjectFault[];
  readonly accepted: number;
  readonly unused: ReadonlyMap<string, ObjectFault>;
  readonly used: ReadonlySet<string | number>;
}

/** Takes away what the annotations of the objects and the entries of the config accept. */
export function judge(
  found: readonly ObjectFault[],
  objects: readonly PlacedObject[],
  entries: readonly Entry[],
): Judgement {
  const onObjects = groupBy(objects.flatMap(annotated), ({ on }) => on);
  const inConfig = entries.map((entry, id) => {
    return { ...entry, id, isAbout: objectPattern(entry.object) };
  });
  const used = new Set<Acceptance>();
  const open = found.filter(({ id, object }) => {
    const all: readonly Acceptance[] = [...(onObjects.get(object) ?? []), ...inConfig];
    const accepting = all.filter(
      acceptance =>
        acceptance.rule === id &&
        acceptance.isAbout(object) &&
        invalidEntry(acceptance, words) === undefined,
    );
    for (const acceptance of accepting) used.add(acceptance);
    return accepting.length === 0;
  });
  const unused = [...onObjects.values()].flat().filter(acceptance => !used.has(acceptance));
  return {
    open,
    accepted: found.length - open.length,
    unused: new Map(unused.map(acceptance => [acceptance.id, acceptanceFault(acceptance)])),
    used: new Set([...used].map(({ id }) => id)),
  };
}

/** What is wrong with an entry of the config that accepts nothing; the path is inside the entry. */
export function entryFault(entry: Entry): EntryFault {
  return (
    invalidEntry(entry, words) ?? {
      message: `nothing is accepted here: "${entry.object}" has no finding of "${entry.rule}"`,
      hint: 'Remove the entry, or mend the name: Kind/namespace/name.',
      path: ['object'],
    }
  );
}

/** Finds out whether an annotation or an entry may accept findings about an object. */
export function acceptsSome(entries: readonly Entry[]): (object: PlacedObject) => boolean {
  const patterns = entries.map(entry => objectPattern(entry.object));
  return object =>
    annotationOf(object, ACCEPT) !== undefined || patterns.some(isAbout => isAbout(object));
}

function annotated(object: PlacedObject) {
  const lines = (annotationOf(object, ACCEPT) ?? '').split('\n');
  return lines
    .filter(line => line.trim() !== '')
    .map(line => {
      const [rule = '', ...reason] = line.split(':').map(part => part.trim());
      const id = `${object.kind}/${object.name}: ${line}`;
      return { rule, reason: reason.join(':'), on: object, id, isAbout: () => true };
    });
}

function acceptanceFault(acceptance: ReturnType<typeof annotated>[number]): ObjectFault {
  const { on: object, rule } = acceptance;
  const message = `nothing is accepted here: the object has no finding of "${rule}"`;
  const unused = { message, hint: 'Remove the line from the annotation.' };
  const text = invalidEntry(acceptance, words) ?? unused;
  const { id, severity } = unusedAcceptance;
  return { id, severity, ...text, object, path: ['metadata', 'annotations', ACCEPT] };
}

interface EntryWords {
  readonly noun: string;
  readonly verb: string;
  /** The ids of the rules that it may name. */
  readonly rules: ReadonlySet<string>;
}

/** Tells whether an entry is about an object; `Kind/name` is about that of any namespace, and of none. */
export function objectPattern(pattern: string): (object: ObjectName) => boolean {
  const [kindGlob = '', ...rest] = pattern.split('/');
  const nameGlob = rest.pop() ?? '';
  const namespaceGlob = rest.length === 0 ? '*' : rest.join('/');
  return ({ kind, namespace = '', name }) =>
    matchesGlob(kindGlob, kind) &&
    matchesGlob(namespaceGlob, namespace) &&
    matchesGlob(nameGlob, name);
}

/** Why an entry has no effect: there is no such rule, or it gives no reason. */
export function invalidEntry(entry: Omit<Entry, 'object'>, by: EntryWords): EntryFault | undefined {
  const { rule, reason = '' } = entry;
  if (!by.rules.has(rule)) {
    const message = `there is no rule "${rule}"`;
    return { message, hint: knownNames('rules', rule, by.rules), path: ['rule'] };
  }
  if (reason.trim() !== '') return undefined;
  return {
    message: `the ${by.noun} of "${rule}" gives no reason, and so ${by.verb} nothing`,
    hint: 'Say why it is right here, for those who read it later.',
    path: [],
  };
}

/** Checks a document with its schema. An empty document counts as one without fields. */
export function checkDocument<T extends object>(
  document: unknown,
  validate: Validator,
): Outcome<Partial<T>> {
  const isValid = (value: unknown): value is T => validate(value);
  if (document === undefined || document === null) return ok({});
  return isValid(document)
    ? ok(document)
    : { faults: schemaFaults(validate.errors ?? [], document) };
}

/** A finding of the baseline; `file` is relative to its folder, and empty for a finding without a file. */
type KnownFinding = Identity & { readonly file: string };

export interface Baseline {
  readonly file: string;
  readonly findings: readonly KnownFinding[];
}

/** Reads a baseline. Otherwise gives the first fault in it, or a sentence that says why it cannot be read. */
export function readBaseline(file: string, host: Host): Baseline | Finding[] | string {
  const read = readConfigFile<Baseline>({ named: file, usual: file }, host, document =>
    checkDocument<Baseline>(document, validate),
  );
  if (typeof read === 'string') return read;
  if (!Array.isArray(read)) return { findings: [], ...read.config, file };
  const hint = `This is no baseline: write it again with --write-baseline ${file}.`;
  return read.slice(0, 1).map(finding => ({ ...finding, hint }));
}

/** Writes what was found as a baseline: the same findings give the same bytes. */
export function writtenBaseline(file: string, findings: readonly Finding[], host: Host): Baseline {
  const byIdentity = new Map(
    findings.map(finding => {
      const entry = knownFinding(file, finding, host);
      return [JSON.stringify([identityKey(entry), entry.file]), entry];
    }),
  );
  const sorted = sortBy([...byIdentity], ([key]) => key).map(([, entry]) => entry);
  const text = `${HEAD}\n${renderValue({ findings: sorted.map(entry => ({ ...entry })) })}`;
  const folder = dirname(file);
  writeInto({ what: 'the baseline', folder }, [[basename(file), text]], host);
  return { file, findings: sorted };
}

const HEAD =
  '# Findings that are known: lint --baseline fails for new ones only. Written by lint --write-baseline.';

function knownFinding(baseline: string, finding: Finding, { cwd }: Host): KnownFinding {
  const file = finding.at?.file ?? '';
  const identity = identityOf(finding);
  if (file === '' || file === 'stdin') return { ...identity, file };
  const shown = relative(resolve(cwd, dirname(baseline)), resolve(cwd, file));
  // A finding about a whole file has the file as its subject.
  const { object } = finding;
  return { ...identity, ...(object === undefined && { subject: shown }), file: shown };
}

/** The findings that a baseline does not have: one that moved to another file is not new. Counts as mended only what is gone at `paths`. */
export function heldAgainst(
  baseline: Baseline,
  findings: readonly Finding[],
  paths: readonly string[],
  host: Host,
): Pick<LintReport, 'baseline'> & { readonly findings: readonly Finding[] } {
  const before = groupBy(baseline.findings, identityKey);
  const after = groupBy(
    findings.map(finding => ({ finding, ...knownFinding(baseline.file, finding, host) })),
    identityKey,
  );
  const isNew = new Set<Finding>();
  const goneFiles: string[] = [];
  let inBaseline = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const now = groupBy(after.get(key) ?? [], ({ file }) => file);
    const then = new Set((before.get(key) ?? []).map(({ file }) => file));
    const left = [...then].filter(file => !now.has(file));
    const come = [...now.keys()].filter(file => !then.has(file));
    goneFiles.push(...left.slice(come.length));
    const added = come.slice(left.length);
    inBaseline += now.size - added.length;
    for (const file of added) for (const { finding } of now.get(file) ?? []) isNew.add(finding);
  }
  const places = paths.map(path => resolve(host.cwd, path));
  const isAt = (file: string): boolean => {
    const place = resolve(host.cwd, join(dirname(baseline.file), file));
    return paths.length === 0 || file === '' || places.some(path => isBelow(path, place));
  };
  return {
    findings: findings.filter(finding => isNew.has(finding)),
    baseline: { known: inBaseline, mended: goneFiles.filter(isAt).length },
  };
}
