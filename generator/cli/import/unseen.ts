import { dirname, join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isMap, mapAt } from '../../ground/json.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import { fluxKustomization } from '../../kinds/flux/kustomization.ts';
import { calledOf, type Item } from '../../kinds/kind.ts';
import { refusalOf, rootOf } from '../../read/inside.ts';
import { textOf } from '../../read/text-of.ts';
import { appliedOf, rawDeployers } from '../../read/world/deployers.ts';
import { repositoryOf } from '../../read/world/repository.ts';
import type { ImportReport } from '../../report/import/report.ts';

/** What no manifest shows of a spec: where and how it is applied, what runs there, and what is made for people and other tools. */
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
 * new one does not: a line, or none.
 */
export function unseenAdvice({ file, environments }: ImportReport, host: Host): string[] {
  const beside = environments.flatMap(({ from }) =>
    from === undefined ? [] : [join(dirname(dirname(from)), 'rem-secrets.yaml')],
  );
  const specs = [...new Set([file, ...beside])].flatMap(one => specIn(one, host));
  const parts = specs.flatMap(spec => [
    spec,
    ...[spec['environments'], spec['clusters']].flatMap(named =>
      isMap(named) ? Object.values(named).filter(isMap) : [],
    ),
  ]);
  const fields = UNSEEN.filter(field => parts.some(part => Object.hasOwn(part, field)));
  return fields.length === 0
    ? []
    : [
        `not in it, as no manifest shows it: ${fields.join(', ')} of the spec that was there; take over what still holds`,
      ];
}

function specIn(file: string, host: Host): ReturnType<typeof mapAt>[] {
  if (host.kindOf(file) !== 'file' || refusalOf(file, host) !== undefined) return [];
  const documents = parseStream(textOf(file, host)).value ?? [];
  return documents.map(document => mapAt(document, 'spec'));
}

/** The Flux Kustomizations and Applications of the repository that apply what was imported, a line each. */
export function deployerAdvice({ environments }: ImportReport, host: Host): string[] {
  const places = environments.flatMap(({ from }) => (from === undefined ? [] : [from]));
  const roots = new Set(places.flatMap(place => rootOf(place, host) ?? []));
  return [...roots].flatMap(root => {
    const options = { namespace: '', allowed: {}, parse: parseStream };
    const { all, folderOf } = rawDeployers(repositoryOf(root, places, options, host));
    const folders = new Map(places.map(place => [host.realPath(place), place]));
    const lines = all.flatMap(({ item }) =>
      appliedOf(item)
        .flatMap(applied => folders.get(folderOf(applied) ?? '') ?? [])
        .map(place => lineOf(item, place)),
    );
    return [...new Set(lines)].sort();
  });
}

function lineOf(item: Item, place: string): string {
  const field = item.known === fluxKustomization ? 'flux' : 'argocd';
  return `${calledOf(item)} ${join(item.namespace, item.name)} applies ${place}: have it apply the new overlay, or the spec make it (docs/${field}.md)`;
}
