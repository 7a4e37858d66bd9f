import { dirname, join, resolve } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { checkConfig, LINT_CONFIG, type LintConfig } from '../lint/config.ts';
import { readSettings } from '../shell/config.ts';
import type { SpecObject } from '../spec/spec.ts';
import { isRevision } from '../world/git.ts';
import { isBelow, rootOf } from '../world/inside.ts';
import type { ObjectSet } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import { checkReviewConfig, type ReviewConfig } from './acknowledgements.ts';
import type { Units } from './field-changes.ts';
import {
  type Acknowledgements,
  acknowledgementsOf,
  type BrokenSide,
  type Compared,
  type LeftOut,
} from './review.ts';

/** What was not taken as it stands: files, acknowledgements, and a side that has nothing. */
export function noticesOf({ base, head, stale, labels, settings }: ReadSides): Finding[] {
  const empty = [
    ...(base.isEmpty ? [`the base side, ${labels.base}, has no manifests`] : []),
    ...(head.isEmpty ? [`the head side, ${labels.head}, has no manifests`] : []),
  ];
  const said = new Set(head.notices.map(({ at }) => at?.file));
  const isNothing = empty.length === 2 && !base.hasOthers() && !head.hasOthers();
  const severity = isNothing ? 'error' : 'warning';
  return [
    ...(stale ?? []),
    ...unreadOf({ base, head }),
    ...empty.map(
      message => ({ rule: 'no-manifests', severity, message, hint: HINT, field: '' }) as const,
    ),
    ...base.notices.filter(({ at }) => !said.has(at?.file)),
    ...head.notices,
    ...settings.findings,
  ];
}

/** What is left out, each once: on both sides the same, or of an environment that has one. */
function unreadOf({ base, head }: Pick<ReadSides, 'base' | 'head'>): Finding[] {
  const all = [...base.unread, ...head.unread].map(({ finding }) => finding);
  return [...new Map(all.reverse().map(finding => [finding.message, finding])).values()].reverse();
}

const HINT = 'Name a folder that has some, or the spec with --file.';

/** A folder that is read as a whole, and the place in it that was asked for. */
export interface Root {
  readonly root: string;
  readonly scope: string;
}

/**
 * What of the sides is their context: their repositories, where both stand at one place in them.
 * Two trees that are no repositories, `old/apps/shop` and `new/apps/shop`, have what is before the
 * place that they have in common. Else each side is alone.
 */
export function rootsOf(
  base: SidePlace,
  head: SidePlace,
): Record<'base' | 'head', Root> | undefined {
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
  return { root, scope: relativeTo(root, place) };
}

/** A path, and the machine that has it. */
type Tree = Pick<SidePlace, 'path' | 'host'>;

/** Where a path is, or would be. */
function placeOf({ path, host }: Tree): string {
  return host.realPath(path) ?? resolve(host.realPath('.') ?? host.cwd, path);
}

function relativeTo(root: string, place: string): string {
  return isBelow(root, place) ? place.slice(root.length).replace(/^\//, '') : '';
}

function treesOf(base: Tree, head: Tree): Record<'base' | 'head', Root> | undefined {
  const [own, other] = [base, head].map(side => placeOf(side).split('/'));
  if (own === undefined || other === undefined) return undefined;
  const differs = own.toReversed().findIndex((step, index) => step !== other.at(-1 - index));
  if (differs < 1) return undefined;
  const roots = [own, other].map(steps => steps.slice(0, -differs).join('/'));
  const [before = '', after = ''] = roots;
  if (isBelow(before, after) || isBelow(after, before)) return undefined;
  if (isTooMuch(before, base.host) || isTooMuch(after, head.host)) return undefined;
  const scope = own.slice(-differs).join('/');
  return { base: { root: before, scope }, head: { root: after, scope } };
}

/**
 * Whether a path is that of a folder which one of two trees has not, beside one that the other has:
 * it is new there, or gone.
 */
export function isAbsentBeside(path: string, other: string, host: Host): boolean {
  if (host.kindOf(path) !== undefined || host.kindOf(other) === undefined) return false;
  const roots = treesOf({ path, host }, { path: other, host });
  return roots !== undefined && host.isFolder(roots.base.root) && !isRevision(path, host);
}

/** A person's home, or what homes are in, holds more than what is meant. */
function isTooMuch(folder: string, host: Host): boolean {
  const home = host.realPath(host.env('HOME') ?? '/') ?? '/';
  return isBelow(folder, home) || host.realPath('/tmp') === folder || folder === '';
}

/** One side of a diff, read and built. */
export interface Side {
  /** The spec that it comes from, if it is one that holds. */
  readonly spec?: SpecObject;
  /** Nothing is in it, and nothing of it could not be read. */
  readonly isEmpty: boolean;
  /** Whether something else is there. */
  readonly hasOthers: () => boolean;
  /** Where a field stands; in a spec, what differs from the other side's. */
  readonly placesBeside: (other: SpecObject | undefined) => FieldPlace;
  /** The files that its objects come from. */
  readonly files: ReadonlySet<string>;
  /** The file that stands for an environment: the spec, its kustomization, or its first manifest. */
  readonly fileOf: (environment: string) => string | undefined;
  /**
   * The texts of files that hold something else than objects, by their names from the root, and what is in
   * charts that are not made, by their folders with a slash at the end.
   */
  readonly strangers: ReadonlyMap<string, string>;
  /** What is left out of what kustomize built. */
  readonly unread: readonly LeftOut[];
  /** Files that were skipped. */
  readonly notices: readonly Finding[];
}

/** What is held against each other: an environment of a spec, or a cluster. */
export interface Pair {
  readonly name: string;
  readonly base?: ObjectSet;
  readonly head?: ObjectSet;
  /** The sides that have it, or each of its units. */
  readonly presence: Compared['presence'];
  /** What its objects are applied by, where that was read. */
  readonly units?: Units;
}

/** Both sides, and what of them can be compared. */
export interface ComparableSides {
  readonly base: Side;
  readonly head: Side;
  readonly pairs: readonly Pair[];
  /** What could not be read, and is not compared. */
  readonly broken: readonly BrokenSide[];
  /** That the tree of head is not what its spec makes, or why that is not known. */
  readonly stale?: readonly Finding[];
}

/** The two sides, read, and what people call them. */
export interface ReadSides extends ComparableSides {
  readonly labels: { readonly base: string; readonly head: string };
  readonly settings: Settings;
  /** What nobody applies, by a config, and is not read. */
  readonly excluded: readonly string[];
}

/** Where a side stands: a file, or the folder that the spec is in. */
export interface SidePlace extends Folder {
  readonly path: string;
  /** The name that a spec has in it. */
  readonly file: string;
  /** The machine with all of the side, where `host` does not list what is excluded. */
  readonly whole?: Host;
}

/** The file of head to show something at that only base has; none when head has no files. */
export function fileOnHead(
  { files, fileOf }: Side,
  file: string,
  names: readonly string[],
): string | undefined {
  if (files.has(file)) return file;
  const own = names.map(name => fileOf(name) ?? '').find(known => known !== '');
  return own ?? [...files][0];
}

/** The file that is read when none is named: it comes with the change that it is about. */
const REVIEW = '.rem-secrets-review.yaml';

/** A folder, and the machine that has it. */
interface Folder {
  readonly folder: string;
  readonly host: Host;
}

/** What people have settled about the manifests of head, and what is wrong with the files. */
interface Settings {
  readonly acknowledgements: Acknowledgements;
  readonly lint: LintConfig;
  readonly findings: readonly Finding[];
}

/**
 * Reads the acknowledgements and the config of lint: of the files that are named, or of those in
 * the folder of head. What is wrong with a file is a finding, and then nothing of it counts.
 */
export function readSettingsOf(
  named: { readonly acknowledgements?: string; readonly config?: string },
  host: Host,
  head: Folder,
): Settings {
  const review = readSettings<ReviewConfig>(
    ...fileOf(named.acknowledgements, REVIEW, host, head),
    checkReviewConfig,
  );
  const lint = lintOf(named.config, host, head);
  const acknowledgements = acknowledgementsOf(review.config, review.source);
  return {
    acknowledgements,
    lint: lint.config,
    findings: [...review.findings, ...acknowledgements.findings, ...lint.findings],
  };
}

/** What nobody applies, as the config says that is named, or base's own. */
export function excludedOf(named: string | undefined, host: Host, base: Folder): readonly string[] {
  return [...(lintOf(named, host, base).config.exclude ?? [])].sort();
}

function lintOf(
  named: string | undefined,
  host: Host,
  side: Folder,
): ReturnType<typeof readSettings<LintConfig>> {
  return readSettings<LintConfig>(...fileOf(named, LINT_CONFIG, host, side), checkConfig);
}

/** A file that is named is the caller's, and one that is not lies in the folder of a side. */
function fileOf(name: string | undefined, usual: string, host: Host, side: Folder) {
  return [
    { named: name, usual: join(side.folder, usual) },
    name === undefined ? side.host : host,
  ] as const;
}
