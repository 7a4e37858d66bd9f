import { basename, dirname, join } from 'node:path';
import type { Host } from '../core/host.ts';
import { isMap, type JsonObject, mapAt } from '../core/json.ts';
import { changedSchemas, checkSchema, type SchemaChanges, withoutLimits } from '../core/schema.ts';
import { isExternalSecret } from '../kinds/eso/specs.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { KRM, kustomizationFile } from '../kinds/krm.ts';
import { type Product, type ProductRelease, products, type Versions } from '../kinds/products.ts';
import { isKustomization, type Listing, listingOf } from './folders.ts';
import {
  entryPath,
  isComponent,
  type Kustomization,
  kustomizationsOf,
} from './kustomize/kustomization.ts';
import type { ManifestSource, ObjectSource } from './source.ts';

/** Schemas of kinds by their paths in `schemas/`: `apps/deployment_v1.json`. */
type Schemas = ReadonlyMap<string, JsonObject>;

/** The schemas of all kinds, and what they share, as the package has them. */
function usualSchemas(host: Host): Schemas {
  const files = host.listFiles(host.packageFile('schemas')).sort();
  const paths = files.filter(
    path => path.endsWith('.json') && !/(\.schema\.json$|^versions\/)/.test(path),
  );
  return new Map(paths.map(path => [path, parsedFile(`schemas/${path}`, host) as JsonObject]));
}

/** The same as they are in a version: only those that are different. */
function schemasOf(release: ProductRelease, usual: Schemas, host: Host): Schemas {
  if (release.schemas === undefined) return new Map();
  const changes = parsedFile(`schemas/versions/${release.schemas}.json`, host);
  return changedSchemas(usual, changes as SchemaChanges);
}

/** The schemas by which versions hold objects; of one that may have more fields, those that are open. */
export function schemasIn(versions: Versions, host: Host): Schemas {
  const usual = usualSchemas(host);
  const schemas = new Map(usual);
  for (const product of products) {
    const release = versions[product.name];
    if (release === undefined) continue;
    for (const [path, schema] of schemasOf(release, usual, host)) schemas.set(path, schema);
    if (release.isOpen !== true) continue;
    for (const [path, schema] of schemas)
      if (isOf(product, path)) schemas.set(path, withoutLimits(schema));
  }
  return schemas;
}

/** All schemas as they are in each version: what is the same in several is read once. */
export function releaseSchemas(host: Host): (release: ProductRelease) => Schemas {
  const usual = usualSchemas(host);
  return release => new Map([...usual, ...schemasOf(release, usual, host)]);
}

/** Whether a schema is that of a kind of a product. */
function isOf({ hasGroup }: Product, path: string): boolean {
  const folder = path.slice(0, path.indexOf('/'));
  return path.includes('/') && hasGroup(folder === 'v1' ? '' : folder);
}

function parsedFile(path: string, host: Host): unknown {
  return JSON.parse(Buffer.from(host.readFile(host.packageFile(path))).toString('utf8'));
}

/** What lies in a folder and all folders below it: kustomizations, and manifests that belong to none. */
export interface Survey {
  readonly path: string;
  readonly listing: Listing;
  /** The files of kustomizations that no other one uses, as the listing has them. */
  readonly tops: readonly string[];
  /** The files of components that no kustomization uses. */
  readonly components: readonly string[];
  /** Those that others use; of a circle all do. */
  readonly bases: readonly string[];
  /** Manifests that no kustomization uses or has beside it, and no chart as a template. */
  readonly loose: readonly string[];
  /** Files beside a kustomization that lists its neighbours, which none has. */
  readonly unlisted: readonly string[];
  /** What is not read, and no kustomization says. */
  readonly unread: Listing['unread'];
  /** The folders of Helm charts. */
  readonly charts: readonly string[];
}

/** Looks a folder over; `shown`: the name by which a person finds a file of the listing. */
export function surveyOf(
  path: string,
  host: Host,
  shown: (file: string) => string = shownIn(path),
): Survey {
  const listing = listingOf(path, host);
  const { files, placeOf } = listing;
  const roots = files.filter(file => isKustomization(baseName(file)));
  const documents = new Map(
    roots.map(file => {
      const folder = { shown: dirname(shown(file)), place: dirname(placeOf(file)) };
      return [file, kustomizationsOf(folder, host)];
    }),
  );
  const kustomizations = [...documents.values()].flat();
  const used = usedBy(kustomizations, host);
  const places = new Set(files.map(placeOf));
  const isExpected = listedBeside(kustomizations, place => places.has(place));
  const folders = new Set(roots.map(folderOf));
  const charts = new Set(files.filter(file => baseName(file) === 'Chart.yaml').map(folderOf));
  const isLoose = (file: string): boolean =>
    /\.(ya?ml|json)$/.test(file) &&
    !isKustomization(baseName(file)) &&
    !used.has(placeOf(file)) &&
    !(folders.has('.') && folderOf(file) === '.') &&
    !foldersAbove(file).some(folder => folders.has(folder) || charts.has(folder));
  const isUnlisted = (file: string): boolean =>
    /\.ya?ml$/.test(file) &&
    !isKustomization(baseName(file)) &&
    !used.has(placeOf(file)) &&
    isExpected(placeOf(file));
  const isUsed = (file: string): boolean => used.has(dirname(placeOf(file)));
  const whole = roots.filter(file => !(documents.get(file) ?? []).some(isComponent));
  return {
    path,
    listing,
    tops: whole.filter(file => !isUsed(file)),
    components: roots.filter(file => !whole.includes(file) && !isUsed(file)),
    bases: whole.filter(isUsed),
    loose: oncePerFile(files.filter(isLoose), listing),
    unlisted: oncePerFile(files.filter(isUnlisted), listing),
    unread: listing.unread.filter(
      ({ file }) => !used.has(placeOf(file)) && !used.has(join(path, file)),
    ),
    charts: [...charts],
  };
}

function shownIn(path: string): (file: string) => string {
  return file => join(path, file);
}

/** A file that links lead to is one file, and has its own name. */
function oncePerFile(files: readonly string[], { placeOf, behind }: Listing): string[] {
  const names = new Map<string, string>();
  for (const file of files) {
    const place = placeOf(file);
    const target = behind(place);
    if (place === target || !names.has(target)) names.set(target, file);
  }
  return files.filter(file => names.get(behind(placeOf(file))) === file);
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The folder of a file of a listing. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
}

/** The folders that a file is below, of those of the listing that have a name. */
function foldersAbove(file: string): string[] {
  const steps = file.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}

/** The files and folders that kustomizations load, by each way to them. */
function usedBy(kustomizations: readonly Kustomization[], host: Host): ReadonlySet<string> {
  const loaded = kustomizations.flatMap(by => by.loads.map(load => entryPath({ by, load })));
  return new Set(loaded.flatMap(path => [path, host.realPath(path) ?? path]));
}

/** What is said of a manifest that its kustomization does not list. */
export const UNLISTED = 'unlisted-manifest';

/**
 * Whether a file, by its place, should be listed to be applied: the kustomization beside it lists files
 * that lie there, sets up no function, which may read others, and has the file not even in a comment.
 */
function listedBeside(
  kustomizations: readonly Kustomization[],
  isFile: (place: string) => boolean,
): (place: string) => boolean {
  const isListing = (by: Kustomization): boolean =>
    by.loads.every(({ kind }) => kind !== 'function') &&
    by.loads.some(load => {
      const place = load.kind === 'base' ? entryPath({ by, load }) : '';
      return dirname(place) === by.folder && isFile(place);
    });
  const texts = new Map(kustomizations.filter(isListing).map(({ folder, text }) => [folder, text]));
  return place => texts.get(dirname(place))?.includes(basename(place)) === false;
}

/** What is said of a manifest that no kustomization has; undefined: it may be meant so. */
export function unlistedManifest(
  { objects, file }: ObjectSource,
  { validators }: Pick<Host, 'validators'>,
): ManifestSource | undefined {
  const [first] = objects;
  if (first === undefined || PATCH.test(basename(file))) return undefined;
  if (objects.some(isByHand) || !objects.some(isOfFlow)) return undefined;
  if (objects.some(({ json }) => checkSchema(json, validators).some(isLack))) return undefined;
  const finding = {
    rule: UNLISTED,
    severity: 'warning',
    message: `not read: the kustomization beside it lists its neighbours, and not this file with ${first.kind} "${first.name}"`,
    hint: 'Add it to resources, or move it where nobody takes it for a part of the kustomization.',
    field: '',
    at: { file, line: 1, column: 1 },
  } as const;
  return { name: file, file, isBuilt: false, findings: [finding] };
}

/** A file that is called a patch is one, whatever it has: for what is applied elsewhere. */
const PATCH = /(?:^|[._-])patch(?:es)?[._-]/;

/** What people or other tools apply: deployment objects, what SOPS encrypted, settings of kustomize. */
function isByHand({ json, known, group }: PlacedObject): boolean {
  const annotations = mapAt(json.metadata, 'annotations');
  return (
    known?.applies?.folders !== undefined ||
    group === kustomizationFile.group ||
    isMap(json['sops']) ||
    Object.keys(annotations).some(name => name.startsWith(`${KRM}/`))
  );
}

/** What makes or reads Secrets, or may: of all else nothing is said. */
function isOfFlow(object: PlacedObject): boolean {
  const { makes, reads, pods } = object.known ?? {};
  return [makes, reads, pods].some(part => part !== undefined) || isExternalSecret(object);
}

/** A patch that is left over lacks what its object has to have. */
function isLack({ id }: { readonly id: string }): boolean {
  return id === 'missing-field';
}
