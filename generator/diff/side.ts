import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Finding, Outcome, Path } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, valueAt } from '../core/json.ts';
import { matchesGlob } from '../core/names.ts';
import { onceFor, oncePer } from '../core/once.ts';
import { entryLayers, type MadeField } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { leftFolders, madeSources, numberedFolder, otherFiles } from '../environments/sets.ts';
import { changedPaths } from '../kinds/kind.ts';
import { objectPattern } from '../lint/accept.ts';
import type { LintConfig } from '../lint/config.ts';
import type { IsAllowed } from '../report/shown.ts';
import { firstOf } from '../report/text.ts';
import { isGenerated } from '../shell/print.ts';
import { specIn } from '../shell/read-spec.ts';
import { type Expansion, expand } from '../spec/pipeline.ts';
import { layerPaths } from '../spec/shared-clusters.ts';
import type { SpecObject } from '../spec/spec.ts';
import { kustomizationIn, listingOf, readSettingsFile, withFiles } from '../world/folders.ts';
import { isRevision } from '../world/git.ts';
import { isBelow, refusalOf, rootOf } from '../world/inside.ts';
import type { FieldPlace } from '../world/places.ts';
import type { Allowed } from '../world/programs.ts';
import type { PathUnits } from '../world/sets.ts';
import { type ManifestSource, type ObjectSource, unreadable } from '../world/source.ts';
import type { ParseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';
import type { Both, Sides } from './diff.ts';
import { fieldChanges } from './field-changes.ts';
import type { Acknowledgement, BrokenSide, EnvironmentReview, ReviewedRisk } from './review.ts';
import { notice, STALE, UNMADE, type UnitFinding } from './review.ts';

/** How sides are read: a text is parsed once for all of them, and no two of their sources have the same number. */
export interface SideOptions {
  readonly allowed: Allowed;
  readonly namespace: string;
  readonly parse: ParseStream;
  readonly number: () => number;
}

export interface Folder {
  readonly folder: string;
  readonly host: Host;
}

/** Where a side stands: a file, or the folder that the spec is in. */
export interface SidePlace extends Folder {
  readonly path: string;
  readonly file: string;
}

export interface Side {
  /** It has no objects, and all of its files could be read. */
  readonly isEmpty: boolean;
  readonly hasOtherFiles: () => boolean;
  /** The places of its fields. In a spec that is the entry that differs from the other side's spec. */
  readonly placeOf: FieldPlace;
  readonly files: ReadonlySet<string>;
  /** The file to point at for an environment: the spec, its kustomization, or its first manifest. */
  readonly fileOf: (environment: string) => string | undefined;
  /** The files with documents that are no objects, by their names from the root; charts with a slash at the end. */
  readonly otherFiles: ReadonlyMap<string, OtherFile>;
  readonly notRead: readonly UnitFinding[];
  readonly notices: readonly Finding[];
}

interface OtherFile {
  readonly file: string;
  readonly text: string;
  /** The file is applied, or looks like a manifest, and nothing reads it as values or settings. */
  readonly isManifest: boolean;
}

export interface Pair extends Sides {
  readonly presence: ReadonlyMap<string, EnvironmentReview['presence']>;
}

export interface ComparableSides extends Both<Side> {
  readonly pairs: readonly Pair[];
  readonly broken: readonly BrokenSide[];
  /** Findings that the tree of head is not what its spec makes, or that nobody can tell. */
  readonly stale?: readonly Finding[];
  /** How units were built, as `buildNotes` says it. */
  readonly builds?: readonly string[];
}

export interface Settings {
  readonly acknowledgements: readonly Acknowledgement[];
  readonly isShown: IsAllowed;
  readonly lint: LintConfig;
  readonly findings: readonly Finding[];
}

export interface ReadSides extends ComparableSides {
  readonly labels: Both<string>;
  readonly settings: Settings;
  readonly excluded: readonly string[];
}

export interface Root {
  readonly root: string;
  readonly scope: string;
}

/** The units of a side. */
export interface WorldSide extends PathUnits, Root {
  readonly place: SidePlace;
  /** It is what lies beside a spec. */
  readonly isBeside?: boolean;
}

/** The repositories of the sides, or the parts of their paths that differ. Undefined: each side is read alone. */
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
  const steps = baseSteps.toReversed();
  const alike = steps.findIndex((step, index) => step !== headSteps.at(-1 - index));
  if (alike < 1) return undefined;
  const above = (steps: readonly string[]) => steps.slice(0, -alike).join('/');
  const [before, after] = [above(baseSteps), above(headSteps)];
  if (isBelow(before, after) || isBelow(after, before)) return undefined;
  if (isTooMuch(before, base.host) || isTooMuch(after, head.host)) return undefined;
  const scope = baseSteps.slice(-alike).join('/');
  return { base: { root: before, scope }, head: { root: after, scope } };
}

function placeOf({ path, host }: Tree): string {
  return host.realPath(path) ?? resolve(host.realPath('.') ?? host.cwd, path);
}

/** A home folder, and any folder above it, has more in it than the two trees. */
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

/** Whether an acknowledgement is about what a rule says of an object in an environment. */
export function isCovering(
  { rule, object, environment: pattern = '*' }: Acknowledgement,
  risk: Pick<ReviewedRisk, 'rule' | 'object'>,
  environment: string,
): boolean {
  if (risk.rule !== rule || !matchesGlob(pattern, environment)) return false;
  return objectPattern(object)(risk.object);
}

export interface SideSpec extends ReadSpec {
  readonly expansion: () => Outcome<Expansion>;
}

export const specAt: (place: SidePlace) => {
  readonly spec?: SideSpec;
  readonly faults?: readonly Finding[];
} = oncePer(({ path, file, host }: SidePlace) => {
  const specFile = join(path, file);
  if (typeof readSettingsFile(specFile, host) === 'string') return {};
  const result = specIn(specFile, host);
  if (typeof result === 'number') return {};
  if (Array.isArray(result)) return { faults: result };
  return { spec: { ...result, expansion: onceFor(() => expand(result.spec, host.validators)) } };
});

/** A spec that may not be read. What is beside it is compared all the same. */
export function refusedSpec({ path, file, host }: SidePlace): ManifestSource[] {
  const spec = join(path, file);
  if (host.kindOf(spec) === undefined) return [];
  const bytes = readSettingsFile(spec, host);
  return typeof bytes === 'string' ? [unreadable(spec, spec, bytes)] : [];
}

/** The sources of a side. Folders that are what its spec expands to are not built. Empty: no such folder. */
export async function sourcesOf(
  place: SidePlace,
  { allowed, namespace, parse, number }: SideOptions,
): Promise<ObjectSource[]> {
  const { path, file, host } = place;
  if (host.kindOf(path) === undefined) return [];
  const spec = join(path, file);
  const folders = host.kindOf(spec) === undefined ? ['.'] : foldersOfSpec(path, host);
  const expansion = namespace === '' ? specAt(place).spec?.expansion().value : undefined;
  const made = expansion && madeSources(expansion, spec, host);
  const options = { file: spec, allowed, namespace, parse };
  const reading = folders.map(folder => made?.(folder) ?? numberedFolder(folder, options, host));
  return (await Promise.all(reading)).flatMap(sources => sources(number));
}

/** The folders that the generator writes and Argo CD or Flux apply, from that of the spec. One without environments has its base. */
function foldersOfSpec(path: string, host: Host): string[] {
  const below = (folder: string): string[] => {
    const isRead = refusalOf(join(path, folder), host) === undefined;
    const entries = isRead ? host.entriesIn(join(path, folder)) : undefined;
    return (entries ?? []).map(({ name }) => `${folder}/${name}`);
  };
  const read = (names: readonly string[]): string[] =>
    names.filter(name => isToRead(join(path, name), host));
  const overlays = below('overlays');
  const built = read(overlays.length > 0 ? overlays : ['overlays']);
  const deployers = read(['argocd', ...below('argocd'), ...below('flux')]);
  return [...deployers, ...(built.length > 0 ? built : ['base'])].sort();
}

function isToRead(folder: string, host: Host): boolean {
  const kind = host.kindOf(folder);
  if (kind !== 'folder') return kind === 'link';
  return kustomizationIn(folder, host) !== undefined || refusalOf(folder, host) !== undefined;
}

/** The tree that a spec makes, if the files beside it differ as `expand` has not run since. `compared` ends the message. */
export function madeTree(
  side: SidePlace,
  compared: string,
): { readonly place?: SidePlace; readonly findings: readonly Finding[] } {
  const { path, file, host } = side;
  const { spec, faults = [] } = specAt(side);
  if (spec === undefined) return { findings: faults.map(notMade) };
  const { value: expansion, faults: wrong } = spec.expansion();
  if (expansion === undefined) return { findings: locate(wrong, spec.source).map(notMade) };
  const stale = otherFiles(expansion, path, host);
  const left = leftFolders(expansion, path, host);
  const names = [...stale.map(([name]) => name), ...left];
  if (names.length === 0) return { findings: [] };
  const root = host.realPath(path) ?? path;
  const files = new Map(stale.map(([name, text]) => [join(root, name), text]));
  const gone = left.map(name => join(root, name));
  const specFile = join(path, file);
  const message = `the files beside ${relative('.', specFile)} are not what it makes: ${firstOf(names, 3)}. ${compared}`;
  const hint = 'Run `rem-secrets expand` and commit what it writes.';
  const finding = { ...notice(STALE, message, hint), at: { file: specFile, line: 1, column: 1 } };
  return { place: { ...side, host: withFiles(host, files, gone) }, findings: [finding] };
}

function notMade(fault: Finding): Finding {
  const message = `what the spec makes is not known: ${fault.message}`;
  return { ...fault, rule: UNMADE, severity: 'warning', message };
}

/** A repository in which more specs change at once is one for tests, or an attack. */
const MOST = 50;

/** Notices that trees of other changed specs below a side are stale: they are compared as they are. */
export function staleBelow(base: SidePlace, head: SidePlace): Finding[] {
  const { path, file, host } = head;
  if (host.kindOf(path) !== 'folder') return [];
  return listingOf(path, host)
    .files.filter(name => basename(name) === file && name !== file)
    .filter(name => textOf(name, base) !== textOf(name, head))
    .slice(0, MOST)
    .map(name => join(path, dirname(name)))
    .filter(folder => isGenerated(join(folder, 'base'), host))
    .map(folder => madeTree({ ...head, path: folder, folder }, 'What stands there is compared'))
    .flatMap(({ findings }) => findings);
}

function textOf(name: string, { path, host }: SidePlace): string | undefined {
  const file = join(path, name);
  if (host.kindOf(file) !== 'file') return undefined;
  const bytes = readSettingsFile(file, host);
  return typeof bytes === 'string' ? undefined : new TextDecoder().decode(bytes);
}

/** The field of the spec whose change made a field of an object differ: in its entry, the environment or the namespace. */
export function causeIn(spec: SpecObject, of: MadeField, otherSpec?: SpecObject): Path | undefined {
  if (otherSpec === undefined) return undefined;
  const causes = entryLayers(spec, of).map(path => {
    const cause = differenceAt(valueAt(spec, path), valueAt(otherSpec, path), of.field);
    return cause && [...path, ...cause];
  });
  const layers = layerPaths(spec, of.unit);
  const added = layers.find(
    layer => valueAt(spec, layer) !== undefined && valueAt(otherSpec, layer) === undefined,
  );
  const [cause = added] = causes.filter(found => found !== undefined);
  if (cause !== undefined || !of.field.includes('namespace')) return cause;
  const namespaces = layers.map(layer => [...layer, 'namespace']);
  return changedPaths(namespaces, spec, otherSpec).find(path => valueAt(spec, path) !== undefined);
}

function differenceAt(value: unknown, otherValue: unknown, field: Path): Path | undefined {
  if (!isMap(value)) return undefined;
  const changes = fieldChanges(isMap(otherValue) ? otherValue : {}, value);
  const paths = changes.flatMap(({ headPath }) => (headPath === undefined ? [] : [headPath]));
  const words = new Set(field.filter(step => typeof step === 'string'));
  const alike = paths.find(path => path.some(step => words.has(String(step))));
  return alike ?? paths[0] ?? (changes.length > 0 ? [] : undefined);
}
