import { listAt, mapAt, textAt } from '../../ground/json.ts';
import type { Applied, SourceName } from '../deployment-ends.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { SOURCE_EXTENSIONS, SOURCES } from './group.ts';

/** Makes sources of parts of others (docs/facts/flux.md#artifacts). */
export const artifactGenerator: Kind = { group: SOURCE_EXTENSIONS, kind: 'ArtifactGenerator' };

/** What it makes. */
export const externalArtifact: Kind = { group: SOURCES, kind: 'ExternalArtifact' };

/** A source that is made of others, and which of their folders become which of its own. */
export interface Artifact {
  readonly namespace: string;
  readonly name: string;
  readonly copies: readonly Copy[];
}

/** Folders from the roots of a source and of the artifact; the root itself is empty. */
interface Copy {
  readonly source: SourceName;
  readonly from: string;
  readonly to: string;
}

/** The artifacts that an ArtifactGenerator makes of whole folders. */
export function artifactsOf(item: Item): Artifact[] {
  if (item.known !== artifactGenerator) return [];
  const { namespace } = item;
  const sources = new Map(
    listAt(specOf(item), 'sources').map(source => {
      const { kind, name } = { kind: textAt(source, 'kind'), name: textAt(source, 'name') };
      const home = textAt(source, 'namespace') ?? namespace;
      return [textAt(source, 'alias'), { kind: kind ?? '', name: name ?? '', namespace: home }];
    }),
  );
  return listAt(specOf(item), 'artifacts').map(artifact => ({
    namespace,
    name: textAt(artifact, 'name') ?? '',
    copies: listAt(artifact, 'copy').flatMap(entry => copyOf(entry, sources)),
  }));
}

/** `@repo/apps/**` is what is in the folder, `@repo/apps/` the folder itself. */
const FROM = /^@([\w-]+)\/((?:[^*?[]*[^*?[/])?)(\/?\*\*|\/?)$/;

function copyOf(entry: unknown, sources: ReadonlyMap<string | undefined, SourceName>): Copy[] {
  const { from = '', to = '', strategy = 'Overwrite' } = mapAt(entry);
  const [, alias, folder = '', rest = ''] = FROM.exec(String(from)) ?? [];
  const source = sources.get(alias);
  if (source === undefined || strategy !== 'Overwrite' || !String(to).startsWith('@artifact/'))
    return [];
  const into = plain(String(to).slice('@artifact/'.length));
  const own = rest.endsWith('**') ? '' : folder.slice(folder.lastIndexOf('/') + 1);
  return [{ source, from: plain(folder), to: plain(`${into}/${own}`) }];
}

function plain(path: string): string {
  return path
    .split('/')
    .filter(step => step !== '' && step !== '.')
    .join('/');
}

/** What is applied of an artifact, as what of its sources it is; else it is given back as it is. */
export function throughArtifacts<T extends Pick<Applied, 'source' | 'path'>>(
  applied: T,
  artifacts: readonly Artifact[],
): T {
  const { source, path } = applied;
  if (source?.kind !== externalArtifact.kind) return applied;
  const named = artifacts.filter(({ name }) => name === source.name);
  const own = named.find(({ namespace }) => namespace === source.namespace);
  const artifact = own ?? (named.length === 1 ? named[0] : undefined);
  const folder = plain(path);
  // Of copies over each other the last, and the closest, is what is there.
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
