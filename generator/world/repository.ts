import { isAbsolute, join, relative } from 'node:path';
import type { Host } from '../core/host.ts';
import type { Json } from '../core/json.ts';
import { onceFor, oncePerText } from '../core/once.ts';
import type { RepositoryTree } from '../kinds/deployment-ends.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type ParseStream, parseStream } from '../yaml/parse.ts';
import { boundsOf, isBelow } from './inside.ts';
import type { Allowed } from './programs.ts';
import { readFound } from './source.ts';
import { type Survey, surveyOf } from './survey.ts';

/** A repository, or another folder that is read as a whole. */
export interface Repository {
  /** Where it is, without links. */
  readonly root: string;
  /** What its kustomizations may not leave. */
  readonly bounds: string;
  readonly survey: Survey;
  readonly tree: RepositoryTree;
  readonly allowed: Allowed;
  /** The namespace of objects that name none and get none. */
  readonly namespace: string;
  readonly parse: ParseStream;
  readonly host: Host;
  /** A place as a person finds it. */
  readonly shown: (place: string) => string;
}

/** Looks a repository over; `named`: the paths that a person has for what is in it. */
export function repositoryOf(
  root: string,
  named: readonly string[],
  options: Pick<Repository, 'allowed' | 'namespace' | 'parse'>,
  host: Host,
): Repository {
  const shown = shownBy(named, host);
  const survey = surveyOf(root, host, file => shown(join(root, file)));
  const bounds = boundsOf(root, host);
  const tree = repositoryTree({ root, bounds, survey }, host);
  return { ...options, root, bounds, survey, tree, host, shown };
}

/** As below a path that was named, or from the working directory on. */
function shownBy(named: readonly string[], host: Host): Repository['shown'] {
  const folders = named.flatMap(path => {
    const place = host.realPath(path);
    return place === undefined ? [] : [{ path, place }];
  });
  const here = host.realPath('.') ?? host.cwd;
  const isElsewhere = named.some(isAbsolute);
  return place => {
    const within = folders.find(folder => isBelow(folder.place, place));
    if (within !== undefined) return join(within.path, relative(within.place, place));
    return isElsewhere && !isBelow(here, place) ? place : relative(here, place) || '.';
  };
}

/**
 * A repository as a controller has it that checks it out: its files and folders by their paths from
 * its root, also where only a part of it is read. Links are not followed.
 */
function repositoryTree(
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
  return object.known?.applies?.needsRepository === true ? { ...object, tree } : object;
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
