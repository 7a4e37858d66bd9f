import { listAt, mapAt, textAt } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import type { AppliedFolder, SourceName } from '../facets.ts';
import { type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { specFieldReads } from '../secret-refs.ts';
import { appliedByKustomization, fluxKustomization } from './kustomization.ts';
import { FLUX_OPERATOR, SOURCE_EXTENSIONS, SOURCES } from './sources.ts';

/** It makes sources from parts of other sources (docs/facts/flux.md#artifacts). */
export const artifactGenerator: Kind = { group: SOURCE_EXTENSIONS, kind: 'ArtifactGenerator' };

/** The source that an ArtifactGenerator makes. */
export const externalArtifact: Kind = { group: SOURCES, kind: 'ExternalArtifact' };

/** A source that is made of others, and which folder of them each of its folders is. */
interface Artifact {
  readonly namespace: string;
  readonly name: string;
  readonly copies: readonly Copy[];
}

/** A folder of a source and its copy in the artifact, from their roots; the root is an empty text. */
interface Copy {
  readonly source: SourceName;
  readonly from: string;
  readonly to: string;
}

/** The artifacts that an ArtifactGenerator makes of whole folders. */
export function artifactsOf(object: PlacedObject): Artifact[] {
  if (object.known !== artifactGenerator) return [];
  const { namespace } = object;
  const sources = new Map(
    listAt(specOf(object), 'sources').map(source => {
      const { kind, name } = { kind: textAt(source, 'kind'), name: textAt(source, 'name') };
      const home = textAt(source, 'namespace') ?? namespace;
      return [textAt(source, 'alias'), { kind: kind ?? '', name: name ?? '', namespace: home }];
    }),
  );
  return listAt(specOf(object), 'artifacts').map(artifact => ({
    namespace,
    name: textAt(artifact, 'name') ?? '',
    copies: listAt(artifact, 'copy').flatMap(entry => copyOf(entry, sources)),
  }));
}

/** `@repo/apps/**` copies what is in the folder, `@repo/apps/` the folder itself. */
const FROM = /^@([\w-]+)\/((?:[^*?[]*[^*?[/])?)(\/?\*\*|\/?)$/;

function copyOf(entry: unknown, sources: ReadonlyMap<string | undefined, SourceName>): Copy[] {
  const { from = '', to = '', strategy = 'Overwrite' } = mapAt(entry);
  const [, alias, folder = '', rest = ''] = FROM.exec(String(from)) ?? [];
  const source = sources.get(alias);
  if (source === undefined || strategy !== 'Overwrite' || !String(to).startsWith('@artifact/'))
    return [];
  const into = plain(String(to).slice('@artifact/'.length));
  const lastFolder = rest.endsWith('**') ? '' : folder.slice(folder.lastIndexOf('/') + 1);
  return [{ source, from: plain(folder), to: plain(`${into}/${lastFolder}`) }];
}

function plain(path: string): string {
  return path
    .split('/')
    .filter(step => step !== '' && step !== '.')
    .join('/');
}

/** A folder of an artifact as the folder of the source that it is copied from; any other folder as it is. */
export function throughArtifacts<T extends Pick<AppliedFolder, 'source' | 'path'>>(
  applied: T,
  artifacts: readonly Artifact[],
): T {
  const { source, path } = applied;
  if (source?.kind !== externalArtifact.kind) return applied;
  const named = artifacts.filter(({ name }) => name === source.name);
  const sameNamespace = named.find(({ namespace }) => namespace === source.namespace);
  const artifact = sameNamespace ?? (named.length === 1 ? named[0] : undefined);
  const folder = plain(path);
  // The copy with the longest path that fits counts, and of equals the last.
  const [copy] = (artifact?.copies ?? [])
    .filter(({ to }) => to === '' || folder === to || folder.startsWith(`${to}/`))
    .reverse()
    .sort((a, b) => b.to.length - a.to.length);
  if (copy === undefined) return applied;
  return {
    ...applied,
    source: copy.source,
    path: plain(`${copy.from}/${folder.slice(copy.to.length)}`),
  };
}

/** An installation of Flux, with the Kustomization that the Flux operator makes for its root (docs/facts/flux.md#instances). */
export const fluxInstance: Kind = {
  group: FLUX_OPERATOR,
  kind: 'FluxInstance',
  applies: {
    folders: instance =>
      rootsOf(instance).flatMap(root =>
        appliedByKustomization(root).map(applied => ({ ...applied, at: PATH })),
      ),
    objects: instance =>
      rootsOf(instance).map(({ json }) => ({ object: json, placeOf: placeIn(instance) })),
  },
  reads: pullReads,
  /** The Secret that opens the repository cannot be in the repository. */
  secrets: { byHand: instance => pullReads(instance).map(({ secret }) => secret) },
};

const PATH = ['spec', 'sync', 'path'];

/** The Kustomization that a FluxInstance makes; undefined for any other applier. */
export function ownKustomization(deployer: PlacedObject): PlacedObject | undefined {
  const [root] = deployer.known === fluxInstance ? rootsOf(deployer) : [];
  return root && { ...root, written: { by: deployer, placeOf: placeIn(deployer) } };
}

function rootsOf(instance: PlacedObject): PlacedObject[] {
  const { namespace, file, path } = instance;
  const { kind, path: folder, name = namespace } = syncOf(instance);
  if (kind !== 'GitRepository' || folder === undefined) return [];
  const { group, kind: kustomization } = fluxKustomization;
  const json: KubeObject = {
    apiVersion: `${group}/v1`,
    kind: kustomization,
    metadata: { name, namespace },
    spec: { interval: '10m0s', path: folder, prune: true, sourceRef: { kind, name } },
  };
  return [
    { json, group, kind: kustomization, known: fluxKustomization, namespace, name, file, path },
  ];
}

function syncOf(instance: PlacedObject): { readonly [field in 'kind' | 'path' | 'name']?: string } {
  const spec = specOf(instance);
  const [kind, path, name] = ['kind', 'path', 'name'].map(field => textAt(spec, 'sync', field));
  return { ...(kind && { kind }), ...(path && { path }), ...(name && { name }) };
}

function placeIn(object: PlacedObject): () => { object: PlacedObject; path: string[] } {
  return () => ({ object, path: PATH });
}

function pullReads(instance: PlacedObject): Read[] {
  return specFieldReads(instance, 'ref', { 'sync.pullSecret': [] });
}
