import { createHash } from 'node:crypto';
import { identityOf, type KubeObject } from '../objects/kube-object.ts';
import { renderObject, renderValue } from '../objects/render-yaml.ts';
import type { Expansion, Target } from '../pipeline.ts';
import type { Json } from '../spec/spec.ts';
import { overlayPatch } from './overlay-patch.ts';

/** Files by path from the repository's root, with `/`. */
export type FileTree = ReadonlyMap<string, string>;

/** The first line of every file that `expand` makes; it overwrites and removes no other file. */
export const GENERATED = '# Made by `rem-secrets expand` from rem-secrets.yaml. Do not edit.\n';

/** A spec's objects as plain Kustomize: base/ and overlays/, one object or patch a file. */
export function renderTree({ base, targets }: Expansion): FileTree {
  const tree = new Map<string, string>();
  const baseObjects = base.objects.map(({ object }) => object);
  writeFolder(tree, 'base', { resources: baseObjects, patches: [] });
  for (const target of targets) writeOverlay(tree, target, baseObjects, namespaceOf(baseObjects));
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Folder {
  readonly above?: string;
  readonly resources: readonly KubeObject[];
  readonly patches: readonly KubeObject[];
  readonly inline?: readonly Json[];
}

/** The namespace that the base makes. */
function namespaceOf(objects: readonly KubeObject[]): string {
  return objects.find(({ kind }) => kind === 'Namespace')?.metadata.name ?? '';
}

/**
 * An overlay. Components come after the environment's own patches, as they do under the plugin, so
 * an environment with both has its patches one folder further down.
 */
function writeOverlay(
  tree: Map<string, string>,
  target: Target,
  base: readonly KubeObject[],
  baseNamespace: string,
): void {
  const objects = target.objects.map(({ object }) => object);
  const folder = `overlays/${target.name}`;
  const components = target.components.map(name => `../../components/${name}`);
  const isCluster = namespaceOf(objects) === '';
  const above = components.length === 0 ? '../../base' : '../../../base';
  const own = isCluster
    ? { resources: objects, patches: [] }
    : changes(above, objects, base, baseNamespace);
  if (components.length === 0) {
    writeFolder(tree, folder, own);
    return;
  }
  writeFolder(tree, `${folder}/environment`, own);
  tree.set(
    `${folder}/kustomization.yaml`,
    kustomization({ resources: ['environment'], components }),
  );
}

/** What makes an environment's objects of those of the base. */
function changes(
  above: string,
  objects: readonly KubeObject[],
  base: readonly KubeObject[],
  baseNamespace: string,
): Folder {
  const namespace = namespaceOf(objects);
  const moved = objects.map(object => [moveTo(object, namespace, baseNamespace), object] as const);
  const wanted = new Map(moved.map(([inBase, object]) => [identityOf(inBase), { inBase, object }]));
  const known = new Map(base.map(object => [identityOf(object), object]));
  const patches = base.flatMap(object => {
    const found = wanted.get(identityOf(object));
    return found === undefined ? [deletion(object)] : (overlayPatch(object, found.inBase) ?? []);
  });
  const resources = [...wanted]
    .filter(([identity]) => !known.has(identity))
    .map(([, { object }]) => object);
  const inline = namespace === baseNamespace ? [] : moves(baseNamespace, namespace, moved);
  return { above, resources, patches, inline };
}

/** The object as the base would have it: in the base's namespace. */
function moveTo(object: KubeObject, from: string, to: string): KubeObject {
  const { metadata } = object;
  if (object.kind === 'Namespace' && metadata.name === from)
    return { ...object, metadata: { ...metadata, name: to } };
  return metadata.namespace === from
    ? { ...object, metadata: { ...metadata, namespace: to } }
    : object;
}

/**
 * Moves everything at once, or one by one where something of another team's stays in the base's
 * namespace. Kustomize's own `namespace:` would also give one to ClusterSecretStores
 * (kustomize-facts.md, section 2).
 */
function moves(
  from: string,
  to: string,
  moved: readonly (readonly [KubeObject, KubeObject])[],
): Json[] {
  const operation = (path: string): string => renderValue([{ op: 'replace', path, value: to }]);
  const hasStaying = moved.some(([, object]) => object.metadata.namespace === from);
  const targets = hasStaying
    ? moved
        .filter(([inBase, object]) => inBase !== object && inBase.kind !== 'Namespace')
        .map(
          ([
            {
              kind,
              metadata: { name },
            },
          ]) => ({ kind, name, namespace: from }),
        )
    : [{ namespace: from }];
  return [
    {
      target: { kind: 'Namespace', name: from },
      options: { allowNameChange: true },
      patch: operation('/metadata/name'),
    },
    ...targets.map(target => ({ target, patch: operation('/metadata/namespace') })),
  ];
}

function deletion({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    $patch: 'delete',
  };
}

function writeFolder(
  tree: Map<string, string>,
  path: string,
  { above, resources, patches, inline = [] }: Folder,
): void {
  const files = fileNames(resources);
  const patchFiles = fileNames(patches);
  for (const [object, file] of files)
    tree.set(`${path}/${file}.yaml`, GENERATED + renderObject(object));
  for (const [object, file] of patchFiles)
    tree.set(`${path}/${file}.patch.yaml`, GENERATED + renderObject(object));
  const list = [
    ...(above === undefined ? [] : [above]),
    ...[...files.values()].map(file => `${file}.yaml`).sort(),
  ];
  const all = [
    ...[...patchFiles.values()].sort().map(file => ({ path: `${file}.patch.yaml` })),
    ...inline,
  ];
  tree.set(
    `${path}/kustomization.yaml`,
    kustomization({ resources: list, ...(all.length > 0 && { patches: all }) }),
  );
}

function kustomization(fields: Json): string {
  const header = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  return GENERATED + renderValue({ ...header, ...(fields as object) });
}

/**
 * `kind-name`, with the namespace between them where two objects would have the same. Names that
 * a disk would not take are cut, and a hash keeps them apart.
 */
function fileNames(objects: readonly KubeObject[]): Map<KubeObject, string> {
  const taken = new Set<string>();
  return new Map(
    objects.map(object => {
      const { kind, metadata } = object;
      const names = [
        `${kind}-${metadata.name}`,
        `${kind}-${metadata.namespace ?? 'cluster'}-${metadata.name}`,
        `${kind}-${metadata.name}-${hash(identityOf(object))}`,
      ].map(name =>
        (name.length > 200 ? `${name.slice(0, 180)}-${hash(name)}` : name).toLowerCase(),
      );
      const name = names.find(candidate => !taken.has(candidate)) ?? '';
      taken.add(name);
      return [object, name];
    }),
  );
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
