import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { fluxKustomization } from '../../kinds/flux/kustomization.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import { fluxFolder } from '../../make/objects/flux/flux-objects.ts';
import { given, unless } from '../forms/given.ts';
import { before } from './tree.ts';

/** A folder with what the Flux of a cluster is given. */
export interface FluxFolder {
  readonly cluster: string;
  readonly items: readonly Item[];
}

/** The spec's `flux` section that would make these folders; undefined: none would. */
export function fluxSection(folders: readonly FluxFolder[]): JsonObject | undefined {
  const [first] = folders;
  const root = first?.items.find(item => pathTo(fluxFolder(first.cluster), item) !== undefined);
  if (first === undefined || root === undefined) return undefined;
  const spec = specOf(root);
  const kustomizations = folders.flatMap(({ items }) => items.filter(isKustomization));
  const home = root.namespace;
  return given({
    ...sourceOf(root, first.items),
    path: unless(pathTo(fluxFolder(first.cluster), root), ''),
    namespace: unless(home, 'flux-system'),
    interval: unless(textAt(spec, 'interval'), '10m'),
    timeout: unless(textAt(spec, 'timeout'), '10m'),
    serviceAccount: textAt(spec, 'serviceAccountName'),
    dependsOn: givenBefore(kustomizations),
    secretsFirst: isSecretsFirst(kustomizations) ? true : undefined,
  });
}

/** The environments that each folder applies, and the cluster that it is of. */
export function fluxMembers(
  folders: readonly FluxFolder[],
  environments: readonly string[],
): [environment: string, cluster: string][] {
  return folders.flatMap(({ cluster, items }) =>
    environments
      .filter(name => items.some(item => pathTo(`overlays/${name}`, item) !== undefined))
      .map((name): [string, string] => [name, cluster]),
  );
}

function isKustomization({ known }: Item): boolean {
  return known === fluxKustomization;
}

function pathTo(folder: string, item: Item): string | undefined {
  return isKustomization(item) ? before(folder, textAt(specOf(item), 'path') ?? '') : undefined;
}

/** A source that is made, or one that is there and not the one of `flux bootstrap`. */
function sourceOf(root: Item, items: readonly Item[]): JsonObject {
  const reference = mapAt(specOf(root), 'sourceRef');
  const made = items.find(item => !isKustomization(item) && item.name === reference['name']);
  if (made !== undefined) {
    const spec = specOf(made);
    return given({
      repository: textAt(spec, 'url'),
      branch: unless(textAt(spec, 'ref', 'branch'), 'main'),
      secret: textAt(spec, 'secretRef', 'name'),
    });
  }
  const { kind, name, namespace = root.namespace } = reference;
  const isBootstrapped =
    kind === 'GitRepository' && [name, namespace].every(one => one === BOOTSTRAPPED);
  if (isBootstrapped) return {};
  const { kind: _, ...others } = reference;
  return { source: { ...given({ kind: unless(kind, 'GitRepository') }), ...others } };
}

const BOOTSTRAPPED = 'flux-system';

/** Kustomizations that are there already: the first ones wait for them. */
function givenBefore(kustomizations: readonly Item[]): string[] {
  const own = new Set(kustomizations.map(({ name }) => name));
  const all = kustomizations.flatMap(item =>
    listAt(specOf(item), 'dependsOn').flatMap(one =>
      isMap(one) ? (textAt(one, 'name') ?? []) : [],
    ),
  );
  return [...new Set(all)].filter(name => !own.has(name));
}

/** Whether an overlay has two of them. */
function isSecretsFirst(kustomizations: readonly Item[]): boolean {
  const paths = kustomizations.map(item => `${item.file} ${textAt(specOf(item), 'path')}`);
  return new Set(paths).size < paths.length;
}
