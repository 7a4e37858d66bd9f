import { dirname, join } from 'node:path';
import { type Host, textOf } from '../core/host.ts';
import { isMap, type JsonObject, mapAt } from '../core/json.ts';
import { objectOfChange } from '../diff/comparison.ts';
import { fluxKustomization } from '../kinds/flux/kustomization.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { appliedOf, rawDeployers } from '../world/appliers.ts';
import { isBelow, refusalOf, rootOf } from '../world/inside.ts';
import { repositoryOf } from '../world/repository.ts';
import { parseStream } from '../yaml/parse.ts';
import type { Adoption } from './adopt.ts';
import type { ImportReport } from './report.ts';

/** What manifests do not show of a spec, or only beside the overlays: how it is applied, what runs, what is made for people and other tools. */
const UNSEEN = [
  'argocd',
  'cluster',
  'clusters',
  'cnpgVersion',
  'flux',
  'iam',
  'runbook',
  'versions',
];

/**
 * What the specs say that are there already, in the file that is to be written and beside the overlays, and the
 * new one does not: a line, or none; and each folder beside the overlays that it does not make.
 */
export function unseenAdvice(report: ImportReport, adoption: Adoption, host: Host): string[] {
  const said = partsOf(parseStream(adoption.text).value ?? []);
  const iam = adoption.tree.iam === undefined || isIn(said, 'iam') ? [] : [notIn('iam')];
  return [...unsaidAdvice(report, said, host), ...undoneAdvice(adoption), ...iam];
}

function undoneAdvice({ tree, deployers, undone }: Adoption): string[] {
  const made = new Set(deployers.map(({ environment }) => environment));
  const left = [...tree.folders.keys()].filter(folder => !made.has(folder));
  return left.map(folder => {
    const [first] = undone.find(({ environment }) => environment === folder)?.changes ?? [];
    const why = first === undefined ? '' : `: ${nameOf(objectOfChange(first))} would be another`;
    return notIn(folder) + why;
  });
}

function notIn(folder: string): string {
  return `${folder}/ is not in it`;
}

function unsaidAdvice(
  { file, environments }: ImportReport,
  said: readonly JsonObject[],
  host: Host,
): string[] {
  const beside = environments.flatMap(({ from }) =>
    from === undefined ? [] : [join(dirname(dirname(from)), 'rem-secrets.yaml')],
  );
  const specs = [...new Set([file, ...beside])].flatMap(one => specIn(one, host));
  const fields = UNSEEN.filter(field => isIn(specs, field) && !isIn(said, field));
  return fields.length === 0
    ? []
    : [
        `not in it, as the manifests do not show it: ${fields.join(', ')} of the spec that was there; take over what still holds`,
      ];
}

function isIn(parts: readonly JsonObject[], field: string): boolean {
  return parts.some(part => Object.hasOwn(part, field));
}

function specIn(file: string, host: Host): JsonObject[] {
  if (host.kindOf(file) !== 'file' || refusalOf(file, host) !== undefined) return [];
  return partsOf(parseStream(textOf(file, host)).value ?? []);
}

/** The specs of documents, and what they say of environments and clusters. */
function partsOf(documents: readonly unknown[]): JsonObject[] {
  return documents.flatMap(document => {
    const spec = mapAt(document, 'spec');
    const named = [mapAt(spec, 'environments'), mapAt(spec, 'clusters')].flatMap(Object.values);
    return [spec, ...named.filter(isMap)];
  });
}

/** What else in the repository applies what was imported, a line for each Flux Kustomization and Application. */
export function deployerAdvice(
  { environments }: ImportReport,
  { tree, deployers }: Adoption,
  host: Host,
): string[] {
  const places = environments.flatMap(({ from }) => (from === undefined ? [] : [from]));
  const made = deployers.map(({ environment }) => host.realPath(join(tree.place, environment)));
  const roots = new Set(places.flatMap(place => rootOf(place, host) ?? []));
  return [...roots].flatMap(root => {
    const options = { namespace: '', allowed: {}, parse: parseStream };
    const { all, folderOf } = rawDeployers(repositoryOf(root, places, options, host));
    const folders = new Map(places.map(place => [host.realPath(place), place]));
    const others = all.filter(
      ({ place }) => !made.some(folder => folder !== undefined && isBelow(folder, place)),
    );
    const lines = others.flatMap(({ object }) =>
      appliedOf(object)
        .flatMap(applied => folders.get(folderOf(applied) ?? '') ?? [])
        .map(place => lineOf(object, place)),
    );
    return [...new Set(lines)].sort();
  });
}

function nameOf(object: PlacedObject): string {
  return `${displayKind(object)} ${join(object.namespace, object.name)}`;
}

function lineOf(object: PlacedObject, place: string): string {
  const field = object.known === fluxKustomization ? 'flux' : 'argocd';
  return `${nameOf(object)} applies ${place}: have it apply the new overlay, or the spec make it (docs/${field}.md)`;
}
