import { basename, dirname, join, relative } from 'node:path';
import type { Finding, Outcome, Path } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isMap, valueAt } from '../core/json.ts';
import { onceFor, oncePer } from '../core/once.ts';
import { entryLayers, type MadeField } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import {
  leftFolders,
  madeSources,
  numbered,
  otherFiles,
  readFolder,
} from '../environments/sets.ts';
import { isGenerated } from '../shell/print.ts';
import { specIn } from '../shell/read-spec.ts';
import { layerPaths } from '../spec/merge.ts';
import { type BuiltUnit, type Expansion, expand, wholeUnits } from '../spec/pipeline.ts';
import type { SpecObject } from '../spec/spec.ts';
import { kustomizationIn, listingOf, readSettingsFile, withFiles } from '../world/folders.ts';
import { refusalOf } from '../world/inside.ts';
import { type ManifestSource, type ObjectSource, unreadable } from '../world/source.ts';
import { locate } from '../yaml/places.ts';
import { fieldChanges } from './field-changes.ts';
import { notice, STALE, UNMADE } from './review.ts';
import type { SideOptions, SidePlace } from './side.ts';

export interface SideSpec extends ReadSpec {
  readonly expansion: () => Outcome<Expansion>;
}

/** Reads the spec of a side, once. */
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

/** The units of a spec by name. */
export function unitsOf({ expansion }: SideSpec): ReadonlyMap<string, BuiltUnit> {
  const { value } = expansion();
  const units = value === undefined ? [] : wholeUnits(value);
  return new Map(units.map(unit => [unit.name, unit]));
}

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
  const hasSpec = host.kindOf(join(path, file)) !== undefined;
  const folders = hasSpec ? foldersOfSpec(path, host) : ['.'];
  const spec = join(path, file);
  const expansion = namespace === '' ? specAt(place).spec?.expansion().value : undefined;
  const made = expansion && madeSources(expansion, spec, host);
  const reading = folders.map(
    async folder =>
      made?.(folder) ??
      numbered(await readFolder(folder, { file: spec, allowed }, host), namespace, parse),
  );
  return (await Promise.all(reading)).flatMap(read => read(number));
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

/** Whether a folder is a kustomization, or a link out of the repository, which could hide one. */
function isToRead(folder: string, host: Host): boolean {
  const kind = host.kindOf(folder);
  if (kind !== 'folder') return kind === 'link';
  return kustomizationIn(folder, host) !== undefined || refusalOf(folder, host) !== undefined;
}

/** Whether a source was read, or has an error. One that was skipped only has warnings. */
export function isWhole({ text, findings }: ManifestSource): boolean {
  return text !== undefined || findings.some(({ severity }) => severity === 'error');
}

/** The sources of a side by its environments. `overlays/prod` is called `prod`. */
export function partsOf(
  path: string,
  sources: readonly ObjectSource[],
): Map<string, readonly ObjectSource[]> {
  return groupBy(sources, ({ isBuilt, text, name }) =>
    isBuilt || text === undefined ? relative(path, name).replace(/^overlays\//, '') : '',
  );
}

interface MadeTree {
  readonly place?: SidePlace;
  readonly findings: readonly Finding[];
}

/** What a spec makes, where it is not what is beside it, as `expand` has not run since. `compared` ends the message. */
export function madeTree(side: SidePlace, compared: string): MadeTree {
  const { path, file, host } = side;
  const { spec, faults = [] } = specAt(side);
  if (spec === undefined) return { findings: faults.map(notMade) };
  const { value: expansion, faults: wrong } = spec.expansion();
  if (expansion === undefined) return { findings: locate(wrong, spec.source).map(notMade) };
  const other = otherFiles(expansion, path, host);
  const left = leftFolders(expansion, path, host);
  const names = [...other.map(([name]) => name), ...left];
  if (names.length === 0) return { findings: [] };
  const root = host.realPath(path) ?? path;
  const files = new Map(other.map(([name, text]) => [join(root, name), text]));
  const gone = left.map(name => join(root, name));
  return {
    place: { ...side, host: withFiles(host, files, gone) },
    findings: [staleFinding(names, join(path, file), compared)],
  };
}

function notMade(fault: Finding): Finding {
  const message = `what the spec makes is not known: ${fault.message}`;
  return { ...fault, rule: UNMADE, severity: 'warning', message };
}

function staleFinding(names: readonly string[], spec: string, compared: string): Finding {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const shown = names.slice(0, 3).join(', ');
  const message = `what stands beside ${relative('.', spec)} is not what it makes: ${shown}${more}. ${compared}`;
  const hint = 'Run `rem-secrets expand` and commit what it writes.';
  return { ...notice(STALE, message, hint), at: { file: spec, line: 1, column: 1 } };
}

/** A repository in which more specs change at once is one for tests, or an attack. */
const MOST = 50;

/** That trees of other specs below a side are not what these changed specs make: they are compared as they are. */
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

/** Undefined for a spec that is not there, or may not be read. */
function textOf(name: string, { path, host }: SidePlace): string | undefined {
  const file = join(path, name);
  if (host.kindOf(file) !== 'file') return undefined;
  const bytes = readSettingsFile(file, host);
  return typeof bytes === 'string' ? undefined : new TextDecoder().decode(bytes);
}

/** What made a field of an object differ: a field of its entry, the environment or the namespace, if one of these. */
export function causeIn(
  spec: SpecObject,
  otherSpec: SpecObject | undefined,
  made: MadeField,
): Path | undefined {
  if (otherSpec === undefined) return undefined;
  const causes = entryLayers(spec, made).map(path => {
    const cause = differenceAt(valueAt(spec, path), valueAt(otherSpec, path), made.field);
    return cause && [...path, ...cause];
  });
  const layers = layerPaths(spec, made.unit);
  const added = layers.find(
    layer => valueAt(spec, layer) !== undefined && valueAt(otherSpec, layer) === undefined,
  );
  return (
    causes.find(cause => cause !== undefined) ??
    added ??
    changedNamespace(spec, otherSpec, layers, made.field)
  );
}

/** Of several fields that differ the one that shares a name with the object's field. */
function differenceAt(value: unknown, otherValue: unknown, field: Path): Path | undefined {
  if (!isMap(value)) return undefined;
  const changes = fieldChanges(isMap(otherValue) ? otherValue : {}, value);
  const paths = changes.flatMap(({ headPath }) => (headPath === undefined ? [] : [headPath]));
  const words = new Set(field.filter(step => typeof step === 'string'));
  const alike = paths.find(path => path.some(step => words.has(String(step))));
  return alike ?? paths[0] ?? (changes.length > 0 ? [] : undefined);
}

/** The namespace is no field of the entries, and moves all objects that they make. */
function changedNamespace(
  spec: SpecObject,
  otherSpec: SpecObject,
  starts: readonly Path[],
  field: Path,
): Path | undefined {
  if (!field.includes('namespace')) return undefined;
  return starts
    .map(start => [...start, 'namespace'])
    .find(path => {
      const namespace = valueAt(spec, path);
      return namespace !== undefined && namespace !== valueAt(otherSpec, path);
    });
}
