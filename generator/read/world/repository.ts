import { isAbsolute, join, relative } from 'node:path';
import type { Host } from '../../ground/host.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import type { RepositoryTree } from '../../kinds/deployment-ends.ts';
import { boundsOf, isBelow } from '../inside.ts';
import type { Allowed } from '../kustomize/allowed.ts';
import { type Survey, surveyOf } from '../survey.ts';
import { repositoryTree } from './repository-tree.ts';

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
