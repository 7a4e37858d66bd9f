import { join, relative } from 'node:path';
import type { Host } from '../../ground/host.ts';
import type { Json } from '../../ground/json.ts';
import { onceFor, oncePerText } from '../../ground/once-per.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { RepositoryTree } from '../../kinds/deployment-ends.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { readFound } from '../manifest-source.ts';
import type { Survey } from '../survey.ts';

/**
 * A repository as a controller has it that checks it out: its files and folders by their paths from
 * its root, also where only a part of it is read. Links are not followed.
 */
export function repositoryTree(
  { root, bounds, survey }: Readonly<Record<'root' | 'bounds', string>> & { survey: Survey },
  host: Host,
): RepositoryTree {
  const { files, placeOf } = survey.listing;
  const paths = onceFor(() => {
    const own = files.filter(file => placeOf(file) === join(root, file));
    return own.map(file => relative(bounds, join(root, file))).sort();
  });
  const folders = onceFor(() => [...new Set(paths().flatMap(foldersAbove))].sort());
  return {
    get files() {
      return paths();
    },
    get folders() {
      return folders();
    },
    documentIn: oncePerText(file => documentOf(join(bounds, file), host)),
  };
}

/** An object with its repository, if its kind makes something of it. */
export function withTree(object: PlacedObject, tree: RepositoryTree): PlacedObject {
  return object.known?.seesTree === true ? { ...object, tree } : object;
}

function documentOf(place: string, host: Host): Json | undefined {
  const { text } = readFound(place, host);
  const [document] = (text === undefined ? undefined : parseStream(text).value) ?? [];
  return document as Json | undefined;
}

function foldersAbove(file: string): string[] {
  const steps = file.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}
