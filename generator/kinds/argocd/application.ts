import { type Json, listAt } from '../../ground/json.ts';
import type { Installed } from '../deployment-ends.ts';
import { type Release, unrendered } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { appliedByApplication } from './applied.ts';
import { folderReleases, helmReleases, valueFiles } from './helm-releases.ts';

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = {
  group: ARGOCD,
  kind: 'Application',
  applies: appliedByApplication,
  /** Those in its values are hosts of what comes of them. */
  hosts: 'none',
  files: object => valueFiles(specOf(object)),
  brings: object => unrendered(object, releasesOf(object)).flatMap(releaseObjects),
  unknowns: object => unrendered(object, releasesOf(object)).flatMap(releaseUnknowns),
  charts: object => folderReleases({ object, name: object.name, path: ['spec'] }),
  installs: object => releasesOf(object).flatMap(installedBy),
};

function releasesOf(object: PlacedObject): ReturnType<typeof helmReleases> {
  return helmReleases({ object, name: object.name, path: ['spec'] });
}

/** The objects of a chart have the name of the release in theirs: of another they are others. */
function installedBy({ chart, name, namespace }: Release): Installed[] {
  if (chart === undefined) return [];
  return [
    {
      id: chart,
      parts: [
        { what: 'release name', value: name, path: ['spec', 'source', 'helm', 'releaseName'] },
        { what: 'namespace', value: namespace, path: ['spec', 'destination', 'namespace'] },
      ],
    },
  ];
}

/** The finalizer, in its three forms (argo-cd 3.5, application_defaults.go). */
const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;

/** The one that an ApplicationSet gives its Applications where its template has none. */
export const USUAL_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/**
 * The finalizer with which the deletion of an object deletes all that it manages; undefined: what it
 * manages is left running (argo-cd 3.5, docs/user-guide/app_deletion.md).
 */
export function cascadeFinalizer(object: unknown): string | undefined {
  const isCascade = (finalizer: Json): finalizer is string =>
    typeof finalizer === 'string' && CASCADE.test(finalizer);
  return listAt(object, 'metadata', 'finalizers').find(isCascade);
}
