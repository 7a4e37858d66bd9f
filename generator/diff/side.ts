import { dirname, join, resolve } from 'node:path';
import { type Document, validate as validateReview } from '#validators/rem-secrets-review';
import type { Fault, Finding, Outcome, Place } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { matchesGlob } from '../core/names.ts';
import { maskMessage } from '../core/shown.ts';
import { checkDocument, invalidEntry, objectPattern } from '../lint/accept.ts';
import type { LintConfig } from '../lint/config.ts';
import { rules } from '../lint/rules.ts';
import { type IsAllowed, isAt } from '../report/shown.ts';
import type { SpecObject } from '../spec/spec.ts';
import { isRevision } from '../world/git.ts';
import { isBelow, rootOf } from '../world/inside.ts';
import type { ObjectSet } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { Allowed } from '../world/programs.ts';
import type { Numbers } from '../world/source.ts';
import type { ParseStream } from '../yaml/parse.ts';
import { locate, placesIn, type SourceFile } from '../yaml/places.ts';
import type { Both, FailingUnit, Units } from './comparison.ts';
import type {
  Acknowledgement,
  BrokenSide,
  EnvironmentReview,
  LeftOut,
  ReviewedRisk,
} from './review.ts';
import { riskRules } from './risk-rules.ts';

/** How sides are read: a text is parsed once for all of them, and no two of their sources have the same number. */
export interface SideOptions {
  readonly allowed: Allowed;
  readonly namespace: string;
  readonly parse: ParseStream;
  readonly number: Numbers;
}

export interface Folder {
  readonly folder: string;
  readonly host: Host;
}

/** Where a side stands: a file, or the folder that the spec is in. */
export interface SidePlace extends Folder {
  readonly path: string;
  readonly file: string;
  /** The machine with all of the side, where `host` does not list what is excluded. */
  readonly whole?: Host;
}

/** One side of a diff, read and built. */
export interface Side {
  readonly spec?: SpecObject;
  /** It has no objects, and none of its files was unreadable. */
  readonly isEmpty: boolean;
  readonly hasOtherFiles: () => boolean;
  /** The places of its fields. In a spec that is the entry that differs from the other side's spec. */
  readonly fieldPlaces: (otherSpec: SpecObject | undefined) => FieldPlace;
  readonly files: ReadonlySet<string>;
  /** The file that stands for an environment: the spec, its kustomization, or its first manifest. */
  readonly fileOf: (environment: string) => string | undefined;
  /** The files with documents that are no objects, by their names from the root; charts with a slash at the end. */
  readonly otherFiles: ReadonlyMap<string, OtherFile>;
  readonly leftOut: readonly LeftOut[];
  readonly notices: readonly Finding[];
}

interface OtherFile {
  readonly file: string;
  readonly text: string;
  /** What lies there is applied, or looks like a manifest, and nothing reads it as values or settings. */
  readonly isManifest: boolean;
}

/** What is compared at once: an environment of a spec, or a cluster. */
export interface Pair {
  readonly name: string;
  readonly base: ObjectSet;
  readonly head: ObjectSet;
  readonly presence: ReadonlyMap<string, EnvironmentReview['presence']>;
  readonly units?: Units;
  readonly failing?: readonly FailingUnit[];
  /** The identities of objects whose files were on base, and which nothing applied. */
  readonly dormant?: ReadonlySet<string>;
}

/** Both sides, and what of them can be compared. */
export interface ComparableSides extends Both<Side> {
  readonly pairs: readonly Pair[];
  /** What could not be read, and is not compared. */
  readonly broken: readonly BrokenSide[];
  /** That the tree of head is not what its spec makes, or why that is not known. */
  readonly stale?: readonly Finding[];
}

/** What people have settled about the manifests of head, and what is wrong with the files. */
export interface Settings {
  readonly acknowledgements: Acknowledgements;
  /** Whether base allows the texts of a field to be shown. */
  readonly isShown: IsAllowed;
  readonly lint: LintConfig;
  readonly findings: readonly Finding[];
}

export interface ReadSides extends ComparableSides {
  readonly labels: Both<string>;
  readonly settings: Settings;
  /** The folders that a config excludes: they are not read. */
  readonly excluded: readonly string[];
}

/** A folder that is read as a whole, and the place in it that is compared. */
export interface Root {
  readonly root: string;
  readonly scope: string;
}

/**
 * The folders around the sides that are read with them: their repositories, or the parts of their paths that differ.
 * Undefined: each side is read alone.
 */
export function rootsOf(base: SidePlace, head: SidePlace): Both<Root> | undefined {
  const [before, after] = [repositoryAt(base), repositoryAt(head)];
  if (before !== undefined && after !== undefined)
    return before.scope === after.scope ? { base: before, head: after } : undefined;
  return before === undefined && after === undefined ? treesOf(base, head) : undefined;
}

function repositoryAt({ path, host }: SidePlace): Root | undefined {
  const place = placeOf({ path, host });
  const root = rootOf(path, host) ?? rootOf(dirname(path), host);
  if (root === undefined || !host.exists(join(root, '.git')) || host.kindOf(path) === 'file')
    return undefined;
  return { root, scope: isBelow(root, place) ? place.slice(root.length).replace(/^\//, '') : '' };
}

type Tree = Pick<SidePlace, 'path' | 'host'>;

function treesOf(base: Tree, head: Tree): Both<Root> | undefined {
  const [baseSteps = [], headSteps = []] = [base, head].map(side => placeOf(side).split('/'));
  const alike = baseSteps
    .toReversed()
    .findIndex((step, index) => step !== headSteps.at(-1 - index));
  if (alike < 1) return undefined;
  const [before = '', after = ''] = [baseSteps, headSteps].map(steps =>
    steps.slice(0, -alike).join('/'),
  );
  if (isBelow(before, after) || isBelow(after, before)) return undefined;
  if (isTooMuch(before, base.host) || isTooMuch(after, head.host)) return undefined;
  const scope = baseSteps.slice(-alike).join('/');
  return { base: { root: before, scope }, head: { root: after, scope } };
}

function placeOf({ path, host }: Tree): string {
  return host.realPath(path) ?? resolve(host.realPath('.') ?? host.cwd, path);
}

/** A person's home, and what homes are in, hold more than the two trees. */
function isTooMuch(folder: string, host: Host): boolean {
  const home = host.realPath(host.env('HOME') ?? '/') ?? '/';
  return isBelow(folder, home) || host.realPath('/tmp') === folder || folder === '';
}

/** Whether a path is a folder that is not there, of a tree beside one that has it: `old/apps/shop` of `new/apps/shop`. */
export function isAbsentBeside(path: string, otherPath: string, host: Host): boolean {
  if (host.kindOf(path) !== undefined || host.kindOf(otherPath) === undefined) return false;
  const roots = treesOf({ path, host }, { path: otherPath, host });
  return roots !== undefined && host.isFolder(roots.base.root) && !isRevision(path, host);
}

/** What `.rem-secrets-review.yaml` says: its schema explains it. */
export type ReviewConfig = Document;

type AcknowledgeEntry = NonNullable<ReviewConfig['acknowledge']>[number];

/** Whether a config allows the texts of a field to be shown. */
export function allowedBy({ shows = [] }: ReviewConfig): IsAllowed {
  return (kind, path) =>
    shows.some(entry => entry.kind === kind && entry.paths.some(field => isAt(path, field)));
}

/** A document as a config; an empty one says nothing. */
export function checkReviewConfig(document: unknown): Outcome<ReviewConfig> {
  return checkDocument<ReviewConfig>(document, validateReview);
}

/** An acknowledgement, and the risks and new findings that it is about. */
export interface AcknowledgementEntry extends Acknowledgement {
  readonly covers: (risk: Pick<ReviewedRisk, 'rule' | 'object'>, environment: string) => boolean;
}

/** The acknowledgements of a change, and what is wrong with those that have no effect. */
export interface Acknowledgements {
  readonly entries: readonly AcknowledgementEntry[];
  readonly findings: readonly Finding[];
}

/** The acknowledgements that a file lists. */
export function acknowledgementsOf(
  { acknowledge = [] }: ReviewConfig,
  source: SourceFile | undefined,
): Acknowledgements {
  const places = source === undefined ? undefined : placesIn(source);
  const faults: Fault[] = [];
  const entries: AcknowledgementEntry[] = [];
  for (const [index, entry] of acknowledge.entries()) {
    const path = ['acknowledge', index];
    const fault = invalidEntry(entry, WORDS);
    if (fault === undefined) entries.push(covering(entry, places?.({ path })));
    else faults.push({ id: 'acknowledgement', ...fault, path: [...path, ...fault.path] });
  }
  return { entries, findings: locate(faults, source) };
}

const WORDS = {
  noun: 'acknowledgement',
  verb: 'acknowledges',
  rules: new Set([...riskRules, ...rules].map(({ id }) => id)),
};

function covering(entry: AcknowledgeEntry, at: Place | undefined): AcknowledgementEntry {
  const { reason = '', environment: pattern = '*' } = entry;
  const isAbout = objectPattern(entry.object);
  return {
    ...entry,
    reason: maskMessage(reason.trim()),
    covers: ({ rule, object }, environment) =>
      rule === entry.rule && isAbout(object) && matchesGlob(pattern, environment),
    ...(at !== undefined && { at }),
  };
}

/** An acknowledgement as it is shown. */
export function acknowledgementOf({ covers: _, ...shown }: AcknowledgementEntry): Acknowledgement {
  return shown;
}
