import { basename, dirname, join } from 'node:path';
import { GENERATED } from '../../make/kustomize/folder-files.ts';
import { isBelow, LEADS_OUT } from '../../read/inside.ts';
import { isKustomization } from '../../read/kustomization-files.ts';
import { listingOf } from '../../read/listing.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import type { SideOptions } from './environment-parts.ts';
import type { EnvironmentSide } from './environment-side.ts';
import type { ComparableSides, SidePlace } from './side.ts';
import { isError } from './world-side.ts';
import { type IsAsked, worldSides } from './world-sides.ts';

/** A side, and where it was read. */
interface PlacedSide {
  readonly place: SidePlace;
  readonly side: EnvironmentSide;
}

/**
 * What stands beside a spec, and no environment is made of: the units that a changed file is in, in the
 * world that they and the environments are; where an environment changes, all of them, as they may read
 * what it makes. Undefined where no world needs to be read.
 */
export function besideSides(
  base: PlacedSide,
  head: PlacedSide,
  reading: SideOptions,
  isSpecSame: boolean,
): ComparableSides | undefined {
  const files = { base: filesBeside(base), head: filesBeside(head) };
  const all = namesBeside(files.base, files.head);
  const changed = all.filter(name => !isSame(name, files.base, files.head));
  if (changed.length === 0 && (isSpecSame || all.length === 0)) return undefined;
  const asked = { changed, all: isSpecSame ? changed : all };
  return worldSides(base.place, head.place, reading, {
    base: isAskedIn(asked, files.base),
    head: isAskedIn(asked, files.head),
  });
}

/** Files by their names: those that change, and all that are asked for. */
interface AskedFiles {
  readonly changed: readonly string[];
  readonly all: readonly string[];
}

/** Files by their names from the spec's folder. */
interface Files {
  readonly place: SidePlace;
  readonly names: ReadonlySet<string>;
  readonly placeOf: (name: string) => string;
  /** Those that environments are made of. */
  readonly used: ReadonlySet<string>;
}

/** Those in excluded folders too: a deployment object may have them applied all the same. */
function filesBeside({ place, side }: PlacedSide): Files {
  const { path, file, whole: host = place.host } = place;
  if (host.kindOf(path) !== 'folder')
    return { place, names: new Set(), placeOf: name => name, used: new Set() };
  const { files, unread, placeOf } = listingOf(path, host);
  const root = host.realPath(path) ?? path;
  const lacking = new Set(unread.filter(({ reason }) => reason !== LEADS_OUT).map(one => one.file));
  const built = files.filter(name => BUILT.test(name) || isKustomization(basename(name)));
  const folders = new Set(built.map(name => dirname(name)));
  const isRead = (name: string): boolean =>
    isBelowAny(name, folders) || (YAML.test(name) && hasObjects(textAt(name, place)));
  const isMade = (name: string): boolean =>
    OWN.test(name) && textAt(name, place).startsWith(GENERATED);
  const own = files.filter(name => name !== file && isRead(name) && !isMade(name));
  const names = [...own, ...[...lacking].filter(name => name !== file && !OWN.test(name))];
  const sources = [...side.environments.values()].flatMap(set => set.sources);
  const places = new Set([
    ...sources.flatMap(source => source.places ?? []),
    ...[...side.files].map(name => host.realPath(name) ?? name),
  ]);
  return {
    place,
    names: new Set(names),
    placeOf: name => (lacking.has(name) ? join(root, name) : placeOf(name)),
    used: new Set(names.filter(name => places.has(placeOf(name)))),
  };
}

const YAML = /\.ya?ml$/;

/** What makes objects of files of any name. */
const BUILT = /(^|\/)Chart\.yaml$/;

/** Where the generator writes, and environments are built from. */
const OWN = /^(argocd|base|components|flux|iam|overlays|runbook)\//;

/** Whether a folder above a file is one of these; the spec's own has a kustomization for the plugin. */
function isBelowAny(name: string, folders: ReadonlySet<string>): boolean {
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder))
    if (folders.has(folder)) return true;
  return false;
}

function namesBeside(base: Files, head: Files): string[] {
  const all = [...new Set([...base.names, ...head.names])];
  return all.filter(name => !base.used.has(name) && !head.used.has(name));
}

/** Whether both sides have a file, and the same one; of what Git could not give nobody knows it. */
function isSame(name: string, base: Files, head: Files): boolean {
  if (!base.names.has(name) || !head.names.has(name)) return false;
  const [before, after] = [bytesOf(name, base.place), bytesOf(name, head.place)];
  if (before === undefined || after === undefined) return false;
  return Buffer.compare(before, after) === 0;
}

/** Nothing of a file that cannot be read. */
function textAt(name: string, place: SidePlace): string {
  const bytes = bytesOf(name, place);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

/** Settings of other tools are no manifests, and the part of a spec is none of the world. */
function hasObjects(text: string): boolean {
  return OBJECT.every(pattern => pattern.test(text));
}

const OBJECT = [
  /^ {0,9}(- )?"?apiVersion"?: {0,9}(?!rem-secrets\.io)\S/m,
  /^ {0,9}(- )?"?kind"?:/m,
];

function bytesOf(name: string, { path, host }: SidePlace): Uint8Array | undefined {
  const file = join(path, name);
  try {
    return host.sizeOf(file) > MOST_BYTES ? NO_MANIFEST : host.readFile(file);
  } catch {
    return undefined;
  }
}

const NO_MANIFEST = new Uint8Array();

/** In bytes: a manifest is smaller. */
const MOST_BYTES = 20 * 1024 * 1024;

/** Whether a source is made of a file that changes; of one that does not only if it could be read. */
function isAskedIn({ changed, all }: AskedFiles, { placeOf }: Files): IsAsked {
  const isChanged = isOfAny(changed.map(placeOf));
  const isBeside = isOfAny(all.map(placeOf));
  return source => isChanged(source) || (isBeside(source) && !source.findings.some(isError));
}

/** Whether a source is one of files, or a chart that is not made and has one of them. */
function isOfAny(places: readonly string[]): IsAsked {
  const known = new Set(places);
  return ({ places: own = [], contents }: ObjectSource) =>
    own.some(place => known.has(place)) ||
    (contents !== undefined && own.some(folder => places.some(place => isBelow(folder, place))));
}
