import { basename, join, relative } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import { isKustomization } from '../../read/kustomization-files.ts';
import { listingOf } from '../../read/listing.ts';
import { readFound } from '../../read/manifest-source.ts';
import type { EnvironmentSide } from './environment-side.ts';
import type { SidePlace } from './side.ts';

/** A side, and where it was read. */
interface PlacedSide {
  readonly place: SidePlace;
  readonly side: EnvironmentSide;
}

/** That manifests beside a spec change which nothing of it is made of: they are not compared. */
export function changedBeside(base: PlacedSide, head: PlacedSide, file: string): Finding[] {
  const names = changedFiles(filesBeside(base, file), filesBeside(head, file));
  const [first] = names;
  if (first === undefined) return [];
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const folder = first.split('/').slice(0, -1)[0];
  const theirs =
    folder === undefined ? '' : `, or compare what is below theirs: --file ${folder}/${file}`;
  const spec = join(head.place.path, file);
  return [
    {
      rule: 'not-compared',
      severity: 'warning',
      message: `manifests beside ${relative('.', spec)} change and are not compared: ${shown}${more}`,
      hint: `Keep the spec in a folder of its own${theirs}.`,
      field: '',
      at: { file: spec, line: 1, column: 1 },
    },
  ];
}

const SHOWN = 3;

/** Files by their names from the spec's folder. */
interface Files {
  readonly place: SidePlace;
  readonly names: ReadonlySet<string>;
  /** Those that environments are made of. */
  readonly used: ReadonlySet<string>;
}

function filesBeside({ place, side }: PlacedSide, file: string): Files {
  const { path, host } = place;
  if (host.kindOf(path) !== 'folder') return { place, names: new Set(), used: new Set() };
  const { files, placeOf } = listingOf(path, host);
  const names = files.filter(name => name !== file && YAML.test(name) && !OWN.test(name));
  const sources = [...side.environments.values()].flatMap(set => set.sources);
  const places = new Set([
    ...sources.flatMap(source => source.places ?? []),
    ...[...side.files].map(name => host.realPath(name) ?? name),
  ]);
  return {
    place,
    names: new Set(names),
    used: new Set(names.filter(name => places.has(placeOf(name)))),
  };
}

const YAML = /\.ya?ml$/;

/** What the generator writes, and environments are built from. */
const OWN = /^(argocd|base|components|flux|iam|overlays|runbook)\//;

function changedFiles(base: Files, head: Files): string[] {
  const all = [...new Set([...base.names, ...head.names])];
  return all
    .filter(name => !base.used.has(name) && !head.used.has(name))
    .filter(name => !isSame(name, base, head))
    .filter(name => [base, head].some(files => isManifest(name, files)))
    .sort();
}

/** Whether both sides have a file, and the same one; one that cannot be read is no manifest. */
function isSame(name: string, base: Files, head: Files): boolean {
  if (!base.names.has(name) || !head.names.has(name)) return false;
  const [before, after] = [bytesOf(name, base), bytesOf(name, head)];
  if (before === undefined || after === undefined) return before === after;
  return Buffer.compare(before, after) === 0;
}

function bytesOf(name: string, { place: { path, host } }: Files): Uint8Array | undefined {
  const file = join(path, name);
  try {
    return host.sizeOf(file) > MOST_BYTES ? undefined : host.readFile(file);
  } catch {
    return undefined;
  }
}

/** In bytes: a manifest is smaller. */
const MOST_BYTES = 20 * 1024 * 1024;

function isManifest(name: string, { names, place: { path, host } }: Files): boolean {
  if (!names.has(name)) return false;
  const { text = '' } = readFound(join(path, name), host);
  return isKustomization(basename(name)) || OBJECT.every(pattern => pattern.test(text));
}

/** A spec is no manifest. */
const OBJECT = [/^apiVersion: {0,9}(?!rem-secrets\.io)\S/m, /^kind:/m];
