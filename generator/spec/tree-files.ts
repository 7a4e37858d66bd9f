import { isMap, type Json, sortBy } from '../core/json.ts';
import { asJson, identityOf, type KubeObject, shortHash } from '../core/kube-object.ts';
import { kustomizationFile } from '../kinds/krm.ts';
import { renderObject, renderValue } from '../yaml/write.ts';
import { APPLICATIONS, argocdObjects } from './objects/application-set.ts';
import type { AppliedUnit } from './objects/applied-units.ts';
import type { ArgocdModel } from './objects/argocd.ts';
import { type FluxModel, fluxFolder, fluxObjects } from './objects/flux.ts';
import type { ComponentObjects } from './spec.ts';

/** The folders of the kustomizations for Argo CD, besides the overlays. */
export const ARGOCD_FOLDERS: readonly string[] = ['argocd', APPLICATIONS];

/**
 * argocd/, which a person applies; the folder below it, which the root Application applies; the parameters of an
 * ApplicationSet in the overlays; and the patch of argocd-cm, which no kustomization lists, as Argo CD owns it.
 */
export function argocdFiles(
  model: ArgocdModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): [path: string, text: string][] {
  const { bootstrap, applications, parameters, settings } = argocdObjects(model, units, components);
  return [
    ...folderFiles('argocd', { resources: bootstrap, patches: [] }),
    ...folderFiles(APPLICATIONS, { resources: applications, patches: [] }),
    ...[...parameters].map(([path, values]) => pair(path, GENERATED + renderValue(values))),
    ['argocd/argocd-cm.patch.yaml', GENERATED + renderObject(settings)],
  ];
}

/** The folders of the kustomizations for the Flux of each cluster. */
export function fluxFolders({ clusters }: FluxModel): string[] {
  return [...clusters.keys()].map(fluxFolder);
}

/** flux/ with a folder for each cluster: the Kustomizations that apply its overlays. */
export function fluxFiles(
  model: FluxModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): [path: string, text: string][] {
  return [...fluxObjects(model, units, components)].flatMap(([cluster, resources]) =>
    folderFiles(fluxFolder(cluster), { resources, patches: [] }),
  );
}

/** The first line of every file that `expand` makes; it overwrites and removes no other file. */
export const GENERATED = '# Made by `rem-secrets expand` from rem-secrets.yaml. Do not edit.\n';

/** The same for JSON, which has no comments: its readers ignore this entry. */
export const GENERATED_JSON: string = `{\n  "//": ${JSON.stringify(GENERATED.slice(2, -1))}`;

/** The comment of a patch that names items without changing them. */
export const BARE_NAMES =
  '# Bare names only keep their place: kustomize puts the items of a patch first.\n';

/** The same for Markdown and HTML. */
export const GENERATED_MARKUP: string = `<!--${GENERATED.slice(1, -1)} -->\n`;

/** The contents of a folder of the tree. */
export interface FolderContent {
  readonly resources: readonly KubeObject[];
  readonly patches: readonly KubeObject[];
  /** ConfigMaps whose names get a hash: kustomize makes each empty, with its name, and a patch fills it. */
  readonly generated?: readonly KubeObject[];
  /** Patches in the kustomization itself. */
  readonly inline?: readonly Json[];
}

/** A folder's files: an object or a patch each, and the kustomization over `above`. */
export function folderFiles(
  folder: string,
  { resources, patches, generated = [], inline = [] }: FolderContent,
  above?: string,
): [path: string, text: string][] {
  const objects = fileNames(resources, '.yaml');
  const changes = fileNames([...generated, ...patches], '.patch.yaml');
  const list = [...(above === undefined ? [] : [above]), ...[...objects.keys()].sort()];
  const all = [...[...changes.keys()].sort().map(path => ({ path })), ...inline];
  const index = kustomization({
    resources: list,
    ...(generated.length > 0 && { configMapGenerator: generated.map(nameOfGenerated) }),
    ...(all.length > 0 && { patches: all }),
  });
  return [
    ...[...objects].map(([file, object]) =>
      pair(`${folder}/${file}`, GENERATED + renderObject(object)),
    ),
    ...[...changes].map(([file, patch]) => pair(`${folder}/${file}`, patchText(patch))),
    pair(`${folder}/kustomization.yaml`, index),
  ];
}

function nameOfGenerated({ metadata: { name, namespace = '' } }: KubeObject): Json {
  return { name, namespace };
}

/** Objects in the order of their files, in which kustomize reads them. */
export function inFileOrder(objects: readonly KubeObject[]): KubeObject[] {
  return sortBy([...fileNames(objects, '.yaml')], ([file]) => file).map(([, object]) => object);
}

function pair(path: string, text: string): [path: string, text: string] {
  return [path, text];
}

/** A kustomization.yaml. */
export function kustomization(fields: Readonly<Record<string, Json>>): string {
  const header = { apiVersion: `${kustomizationFile.group}/v1beta1`, kind: kustomizationFile.kind };
  return GENERATED + renderValue({ ...header, ...fields });
}

function patchText(patch: KubeObject): string {
  const { metadata: _, ...fields } = asJson(patch);
  return GENERATED + (hasBareName(fields) ? BARE_NAMES : '') + renderObject(patch);
}

function hasBareName(value: Json): boolean {
  if (Array.isArray(value)) {
    const isBare = (item: Json): boolean => isMap(item) && Object.keys(item).join() === 'name';
    return (value.length > 1 && value.some(isBare)) || value.some(hasBareName);
  }
  return isMap(value) && Object.values(value).some(hasBareName);
}

/**
 * Objects by file name: `kind-name`, or `kind-namespace-name` for a second object of that name. Names that are too
 * long for a disk are cut and get a hash.
 */
function fileNames(objects: readonly KubeObject[], ending: string): Map<string, KubeObject> {
  const files = new Map<string, KubeObject>();
  for (const object of objects) {
    const { kind, metadata } = object;
    const names = [
      `${kind}-${metadata.name}`,
      `${kind}-${metadata.namespace ?? 'cluster'}-${metadata.name}`,
      `${kind}-${metadata.name}-${shortHash(identityOf(object))}`,
    ].map(name => shortened(name.toLowerCase()) + ending);
    files.set(names.find(name => !files.has(name)) ?? '', object);
  }
  return files;
}

function shortened(name: string): string {
  return name.length > 200 ? `${name.slice(0, 180)}-${shortHash(name)}` : name;
}
